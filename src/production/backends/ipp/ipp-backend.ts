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
import { cardJobAttributes } from './card-medium.js';
import { numberOf } from './ipp-answer.js';
import { IppClient, IppRefusal } from './ipp-client.js';
import { ippSettings, type IppSettings } from './ipp-settings.js';
import { statusOf } from './ipp-status.js';
import { isJobOf, wouldRemember } from './job-memory.js';
import { printerStatus } from './printer-state.js';
import { cameToNothing, reportOf, type PrinterJob } from './printer-job.js';
import { longestList, Printer } from './printer.js';

/** Makes the PDF of a card: a page of exactly 85.60 × 53.98 mm for each side, front first. */
export type CardPdf = (job: CardJob) => Promise<Buffer>;

/**
 * The adapter of a row of the kind `ipp`.
 * @param secrets of this backend: `password`, where the settings name an account
 * @throws Error when settings or password cannot be used
 */
export function ippBackend(
  { id, settings }: Pick<BackendRow, 'id' | 'settings'>,
  { password }: Readonly<Record<string, string>>,
  cardPdf: CardPdf,
): ProductionBackend {
  const read = ippSettings.parse(settings);
  if (read.account === undefined) return new IppBackend(id, read, null, cardPdf);
  if (password === undefined) throw new Error(`the file of BACKEND_SECRETS_FILE has no password for ${id}`);
  const basic = Buffer.from(`${read.account}:${password}`).toString('base64');
  return new IppBackend(id, read, `Basic ${basic}`, cardPdf);
}

/** A card printer through CUPS or driverless IPP. An order's id is the printer's job id. */
class IppBackend implements ProductionBackend {
  readonly cardsPerCall = 1;
  readonly callsAtOnce = 1;
  readonly settleMs = 15_000;
  readonly mostWaiting: number;
  readonly remembersMs: number;
  readonly printLetter?: (key: string, letter: Buffer, signal: AbortSignal) => Promise<void>;
  private readonly printer: Printer;

  constructor(
    readonly id: string,
    private readonly settings: IppSettings,
    authorization: string | null,
    private readonly cardPdf: CardPdf,
  ) {
    const { uri, letterPrinter, user, certificate, timeLimits } = settings;
    const connect = (address: string): Printer =>
      new Printer(new IppClient({ uri: address, user, certificate, timeLimits, authorization }));
    ({ remembersMs: this.remembersMs, mostWaiting: this.mostWaiting } = settings);
    this.printer = connect(uri);
    if (letterPrinter === undefined) return;
    const office = connect(letterPrinter);
    this.printLetter = (key, letter, signal) => printLetterOnce(office, key, letter, signal);
  }

  async prepare(job: CardJob): Promise<Buffer> {
    return this.cardPdf(job);
  }

  async submit(cards: readonly PreparedCard[], signal: AbortSignal): Promise<readonly Submission[]> {
    const submissions: Submission[] = [];
    for (const card of cards) submissions.push(await this.submitOne(card, signal));
    return submissions;
  }

  async ask(keys: readonly OrderKey[], signal: AbortSignal): Promise<readonly Report[]> {
    const reports: Report[] = [];
    for (const key of keys) {
      if (key.orderId !== null) reports.push(await this.askById(key, Number(key.orderId), signal));
    }
    const unanswered = keys.filter(({ orderId }) => orderId === null);
    return unanswered.length === 0 ? reports : [...reports, ...(await this.askByName(unanswered, signal))];
  }

  async cancel(key: OrderKey, signal: AbortSignal): Promise<void> {
    const job =
      key.orderId === null
        ? (await this.printer.jobs('not-completed', signal)).find(({ name }) => name === orderKeyText(key))
        : await this.printer.job(Number(key.orderId), signal);
    if (job != null && isJobOf(key, job, Date.now())) await this.printer.cancel(job.id, signal);
  }

  async status(signal: AbortSignal): Promise<BackendStatus> {
    const attributes = await this.printer.attributes(signal).catch((error: unknown) => {
      throw inOneSentence(error);
    });
    return printerStatus(attributes, cardJobAttributes(attributes, this.settings).impossible);
  }

  private async submitOne({ cardId, number, body }: PreparedCard, signal: AbortSignal): Promise<Submission> {
    const printer = await beforeSending(this.printer.attributes(signal));
    const { attributes, impossible } = cardJobAttributes(printer, this.settings);
    const { condition, message } = printerStatus(printer, impossible);
    if (condition === 'paused') throw new BackendDown(message ?? 'The printer has stopped.');
    const name = orderKeyText({ cardId, number });
    // The ledger never sends an order twice; the printer is asked all the same, because nothing in it would stop a second.
    const sent = await beforeSending(this.printer.jobNamed(name, signal));
    try {
      const id = sent?.id ?? (await this.printer.print(name, body, attributes, signal));
      return { cardId, number, outcome: 'accepted', orderId: String(id) };
    } catch (error) {
      if (!(error instanceof IppRefusal)) throw error;
      const { keyword, meaning } = statusOf(error.status);
      if (meaning !== 'refused') throw error.asBackendError;
      return { cardId, number, outcome: 'refused', code: keyword, reason: error.message };
    }
  }

  private async askById(key: OrderKey, id: number, signal: AbortSignal): Promise<Report> {
    const job = await this.printer.job(id, signal);
    if (job !== null && isJobOf(key, job, Date.now())) return this.report(key, job);
    return forgotten(key, `The printer took the card as job ${id} and has forgotten it since`);
  }

  /** Resolves lost answers: the job's name is the one thing that is known of it. */
  private async askByName(keys: readonly OrderKey[], signal: AbortSignal): Promise<Report[]> {
    const attributes = await this.printer.attributes(signal);
    // Waiting jobs first: one that ends between the two questions is then in both lists, not in neither.
    const live = await this.printer.jobs('not-completed', signal);
    if (live.length >= longestList) throw new AnswerLost('The queue of the printer is too long to be looked through.');
    const ended = await this.printer.jobs('completed', signal);
    const upSeconds = numberOf(attributes, 'printer-up-time');
    const memory = {
      jobs: [...live, ...ended],
      cutShort: ended.length >= longestList,
      upMs: upSeconds === undefined ? undefined : upSeconds * 1_000,
      remembersMs: this.remembersMs,
    };
    const byName = new Map(memory.jobs.map((job) => [job.name, job]));
    return keys.map((key) => {
      const job = byName.get(orderKeyText(key));
      if (job !== undefined) return this.report(key, job);
      const { cardId, number, calledAt } = key;
      const believed = calledAt !== undefined && wouldRemember(Date.now() - calledAt.getTime(), memory);
      return believed
        ? { cardId, number, state: 'not-known' }
        : forgotten(
            key,
            'The printer does not list the card, and does not remember long enough to say that it never had it',
          );
    });
  }

  private report(key: OrderKey, job: PrinterJob): Report {
    return reportOf(key, job, this.settings.uri, new Date());
  }
}

/** A letter that was given up is printed again: it holds nothing that may exist but once. */
async function printLetterOnce(printer: Printer, name: string, letter: Buffer, signal: AbortSignal): Promise<void> {
  const { condition, message } = printerStatus(await beforeSending(printer.attributes(signal)), null);
  if (condition === 'paused') throw new BackendDown(`Letters: ${message ?? 'the printer has stopped.'}`);
  const job = await beforeSending(printer.jobNamed(name, signal));
  try {
    if (job === undefined || cameToNothing(job)) await printer.print(name, letter, [], signal);
  } catch (error) {
    throw error instanceof IppRefusal ? error.asBackendError : error;
  }
}

/**
 * One sentence for a closed port, a silent one and one where something other than a printer listens: the status is shown to
 * people who may enter any address, and must not reveal what answers there. What a printer says over IPP stays as it is.
 */
function inOneSentence(error: unknown): unknown {
  if (error instanceof BackendBusy || (error instanceof Error && error.cause instanceof IppRefusal)) return error;
  return new BackendDown('No printer answers over IPP: check address, network, account and password.', {
    cause: error,
  });
}

/** Nothing has been sent yet, so an answer that is lost here has lost nothing. */
async function beforeSending<T>(question: Promise<T>): Promise<T> {
  try {
    return await question;
  } catch (error) {
    throw error instanceof AnswerLost ? new BackendDown(error.message, { cause: error }) : error;
  }
}

function forgotten({ cardId, number }: OrderKey, what: string): Report {
  return { cardId, number, state: 'forgotten', message: `${what}.` };
}
