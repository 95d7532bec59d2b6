import type { z } from 'zod';
import type { CardJob } from '../../../cards/card-job.js';
import type { BackendRow } from '../../production-types.js';
import {
  AnswerLost,
  BackendBusy,
  BackendDown,
  orderKeyText,
  type BackendStatus,
  type OrderKey,
  type PreparedCard,
  type ProductionBackend,
  type Report,
  type Submission,
} from '../backend.js';
import { BureauClient, BureauRefusal, type BureauAnswer } from './bureau-client.js';
import {
  acceptedLetter,
  acceptedOrder,
  batchAnswer,
  bureauStatus,
  longestList,
  orderState,
  orderStates,
  problemCodes,
  type BureauStatus,
  type WrongField,
} from './contract.js';
import { httpSettings, type HttpSettings } from './http-settings.js';
import { batchBody, orderBody } from './order-body.js';
import { seal } from './seal.js';

/**
 * The adapter of a row of the kind `http`.
 * @param secrets of this backend: `token`, by which the bureau knows us
 * @throws Error when settings or token cannot be used
 */
export function httpBackend(
  { id, settings }: Pick<BackendRow, 'id' | 'settings'>,
  { token }: Readonly<Record<string, string>>,
): ProductionBackend {
  if (token === undefined) throw new Error(`the file of BACKEND_SECRETS_FILE has no token for ${id}`);
  return new HttpBackend(id, httpSettings.parse(settings), token);
}

/** A print bureau over HTTP, as `print-bureau.openapi.yaml` says. */
class HttpBackend implements ProductionBackend {
  readonly cardsPerCall: number;
  readonly callsAtOnce: number;
  readonly settleMs: number;
  readonly mostWaiting?: number;
  readonly printLetter?: (key: string, letter: Buffer, signal: AbortSignal) => Promise<void>;
  private readonly bureau: BureauClient;

  constructor(
    readonly id: string,
    private readonly settings: HttpSettings,
    token: string,
  ) {
    ({ cardsPerCall: this.cardsPerCall, callsAtOnce: this.callsAtOnce, settleMs: this.settleMs } = settings);
    if (settings.mostWaiting !== null) this.mostWaiting = settings.mostWaiting;
    this.bureau = new BureauClient(settings, token);
    const { publicKey } = settings;
    if (!settings.printsLetters || publicKey === null) return;
    this.printLetter = async (key, letter, signal) => {
      const sealed = await seal(letter, { order: key, contentType: 'application/pdf' }, publicKey);
      const body = Buffer.from(JSON.stringify({ key, letter: sealed }));
      const answer = await this.bureau.call({ method: 'POST', path: '/letters', body, idempotencyKey: key }, signal);
      understood(answer, acceptedLetter);
    };
  }

  async prepare(job: CardJob): Promise<Buffer> {
    return orderBody(job, this.settings);
  }

  async submit(cards: readonly PreparedCard[], signal: AbortSignal): Promise<readonly Submission[]> {
    const [first] = cards;
    if (first === undefined) return [];
    return cards.length === 1 ? [await this.submitOne(first, signal)] : this.submitBatch(cards, signal);
  }

  async ask(keys: readonly OrderKey[], signal: AbortSignal): Promise<readonly Report[]> {
    const [first] = keys;
    if (first !== undefined && keys.length === 1) return [await this.askOne(first, signal)];
    const reports: Report[] = [];
    for (let start = 0; start < keys.length; start += longestList) {
      reports.push(...(await this.askMany(keys.slice(start, start + longestList), signal)));
    }
    return reports;
  }

  async cancel(key: OrderKey, signal: AbortSignal): Promise<void> {
    const answer = await this.bureau.call({ method: 'POST', path: `/orders/${orderKeyText(key)}/cancel` }, signal);
    if (answer.status < 300 || isUnknownOrder(answer)) return;
    throw nonsense(answer);
  }

  async status(signal: AbortSignal): Promise<BackendStatus> {
    const { condition, message, queued, supplies } = await this.askStatus(signal);
    return { condition, message, supplies: { ...supplies, queue: `${queued} cards` } };
  }

  /** One sentence for every reason why the bureau does not report its status: see `IppBackend.status`. */
  private async askStatus(signal: AbortSignal): Promise<BureauStatus> {
    try {
      return understood(await this.bureau.call({ method: 'GET', path: '/status' }, signal), bureauStatus);
    } catch (cause) {
      if (cause instanceof BackendBusy || (cause instanceof BackendDown && cause.cause instanceof BureauRefusal))
        throw cause;
      throw new BackendDown('No print bureau answers: check address, network and token.', { cause });
    }
  }

  private async submitOne(card: PreparedCard, signal: AbortSignal): Promise<Submission> {
    const { cardId, number, body } = card;
    const key = orderKeyText(card);
    const answer = await this.bureau.call({ method: 'POST', path: '/orders', body, idempotencyKey: key }, signal);
    if (answer.problem !== null && refusals.has(answer.status)) {
      return { cardId, number, outcome: 'refused', ...refusal(answer.problem) };
    }
    const { key: answered, orderId } = understood(answer, acceptedOrder);
    if (answered !== key) throw nonsense(answer);
    return { cardId, number, outcome: 'accepted', orderId };
  }

  private async submitBatch(cards: readonly PreparedCard[], signal: AbortSignal): Promise<Submission[]> {
    const body = batchBody(cards.map((card) => card.body));
    const answer = await this.bureau.call({ method: 'POST', path: '/order-batches', body }, signal);
    if (answer.problem !== null && refusals.has(answer.status)) {
      // No single card is wrong, so none of them has failed: people have to look at the settings.
      throw new BackendDown(`The print bureau takes no call of ${cards.length} cards: ${answer.problem.detail}`);
    }
    const answers = new Map(understood(answer, batchAnswer).answers.map((each) => [each.key, each]));
    return cards.map(({ cardId, number }) => {
      const each = answers.get(orderKeyText({ cardId, number }));
      if (each === undefined) throw nonsense(answer);
      if (each.outcome === 'refused') return { cardId, number, outcome: 'refused', ...refusal(each) };
      return { cardId, number, outcome: 'accepted', orderId: each.orderId };
    });
  }

  private async askOne(key: OrderKey, signal: AbortSignal): Promise<Report> {
    const answer = await this.bureau.call({ method: 'GET', path: `/orders/${orderKeyText(key)}` }, signal);
    const { cardId, number } = key;
    if (isUnknownOrder(answer)) return { cardId, number, state: 'not-known' };
    const { key: answered, ...state } = understood(answer, orderState);
    if (answered !== orderKeyText(key)) throw nonsense(answer);
    return { cardId, number, ...state };
  }

  private async askMany(keys: readonly OrderKey[], signal: AbortSignal): Promise<Report[]> {
    const body = Buffer.from(JSON.stringify({ keys: keys.map(orderKeyText) }));
    const answer = await this.bureau.call({ method: 'POST', path: '/orders/queries', body }, signal);
    const states = new Map(understood(answer, orderStates).orders.map(({ key, ...state }) => [key, state]));
    return keys.map(({ cardId, number }) => {
      const state = states.get(orderKeyText({ cardId, number }));
      if (state === undefined) throw nonsense(answer);
      return { cardId, number, ...state };
    });
  }
}

/** Statuses that refuse an order for what is in it; others with a problem, such as 404, may come from a wrong address. */
const refusals = new Set([400, 409, 413, 422]);

/** A success that says what the contract says. @throws AnswerLost for anything else: what the bureau did is not known then */
function understood<T>(answer: BureauAnswer, schema: z.ZodType<T>): T {
  const { success, data } = schema.safeParse(answer.body);
  if (!success || answer.status >= 300) throw nonsense(answer);
  return data;
}

function nonsense({ status, problem }: BureauAnswer): AnswerLost {
  const said = problem === null ? '' : `: ${problem.detail}`;
  return new AnswerLost(`The print bureau gave an answer that says nothing about the order (HTTP ${status})${said}`);
}

/** A 404 of anyone else, such as a proxy or a wrong address, does not say that the bureau never had the order. */
function isUnknownOrder({ status, problem }: BureauAnswer): boolean {
  return status === 404 && problem?.code === problemCodes.orderUnknown;
}

/** The first wrong field is the code; all of them are in the sentence. */
function refusal({
  code,
  detail,
  fields = [],
}: {
  code: string;
  detail: string;
  fields?: readonly WrongField[] | undefined;
}) {
  const [first] = fields;
  const list = fields.map(({ field, message }) => `${field}: ${message}`).join('; ');
  return { code: first?.code ?? code, reason: list === '' ? detail : `${detail} (${list})` };
}
