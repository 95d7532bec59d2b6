import { AnswerLost, BackendBusy, BackendDown, orderKeyText } from '../../../src/production/backends/backend.js';
import type {
  OrderKey,
  PreparedCard,
  ProductionBackend,
  Report,
  Submission,
} from '../../../src/production/backends/backend.js';
import type { CardJob } from '../../../src/cards/card-job.js';

/** What may go wrong with one call: probabilities, together at most 1. */
export interface Faults {
  down: number;
  busy: number;
  /** The call never arrives, and nobody learns of it. */
  lostOnTheWay: number;
  /** The call arrives at once, or a little later, and its answer is lost. */
  answerLost: number;
  /** One of the cards is refused. */
  refused: number;
  /** An accepted card fails instead of being made. */
  jammed: number;
}

type Order = { key: OrderKey; orderId: string; state: 'accepted' | 'produced' | 'failed' | 'cancelled' };

/**
 * A backend in memory that makes a card for every call: it knows no keys, so that a second call for the same
 * order is a second card. It keeps its own record of what it made, by which tests judge.
 */
export class FaultyShop implements ProductionBackend {
  readonly id = 'shop';
  readonly cardsPerCall: number = 2;
  readonly callsAtOnce: number = 3;
  readonly settleMs: number = 120;
  /** Every card made, by its key: more than one is two cards for one order. */
  readonly made = new Map<string, number>();
  readonly messages: Exclude<Report, { state: 'not-known' | 'forgotten' }>[] = [];
  status: ProductionBackend['status'] = () => Promise.resolve({ condition: 'ready', message: null, supplies: {} });
  calls = 0;
  private readonly orders: Order[] = [];

  constructor(
    private readonly random: () => number,
    readonly faults: Faults,
  ) {}

  prepare(job: CardJob): Promise<Buffer> {
    return Promise.resolve(Buffer.from(JSON.stringify({ key: orderKeyText(job), name: job.elements.name })));
  }

  async submit(cards: readonly PreparedCard[]): Promise<readonly Submission[]> {
    this.calls += 1;
    const { down, busy, lostOnTheWay, answerLost, refused } = this.faults;
    const fault = this.random();
    if (fault < down) throw new BackendDown('The shop is closed.');
    if (fault < down + busy) throw new BackendBusy('Too many orders.', 10);
    if (fault < down + busy + lostOnTheWay) throw new AnswerLost('Nobody answered.');
    if (fault < down + busy + lostOnTheWay + answerLost) {
      // Long before `settleMs` has passed, as a network has it.
      if (this.random() < 0.5) setTimeout(() => this.take(cards), 30);
      else this.take(cards);
      throw new AnswerLost('The answer was lost.');
    }
    const turnedAway = this.random() < refused ? cards[0] : undefined;
    const taken = this.take(cards.filter((card) => card !== turnedAway));
    const answers = taken.map(({ key, orderId }): Submission => ({
      cardId: key.cardId,
      number: key.number,
      outcome: 'accepted',
      orderId,
    }));
    return turnedAway === undefined
      ? answers
      : [
          ...answers,
          {
            cardId: turnedAway.cardId,
            number: turnedAway.number,
            outcome: 'refused',
            code: 'photo',
            reason: 'Photo too dark',
          },
        ];
  }

  async ask(keys: readonly OrderKey[]): Promise<readonly Report[]> {
    if (this.random() < this.faults.down) throw new BackendDown('The shop is closed.');
    if (this.random() < this.faults.answerLost) throw new AnswerLost('The answer was lost.');
    return keys.map((key): Report => {
      const order = this.orders.findLast((each) => orderKeyText(each.key) === orderKeyText(key));
      return order === undefined ? { cardId: key.cardId, number: key.number, state: 'not-known' } : report(order);
    });
  }

  async cancel(key: OrderKey): Promise<void> {
    if (this.random() < this.faults.answerLost) throw new AnswerLost('The answer was lost.');
    const order = this.orders.find((each) => orderKeyText(each.key) === orderKeyText(key) && each.state === 'accepted');
    if (order !== undefined) this.end(order, 'cancelled');
  }

  /** Works off some of the queue; every end puts a message on its way. */
  work(): void {
    for (const order of this.orders) {
      if (order.state !== 'accepted' || this.random() < 0.5) continue;
      if (this.random() < this.faults.jammed) {
        this.end(order, 'failed');
      } else {
        const key = orderKeyText(order.key);
        this.made.set(key, (this.made.get(key) ?? 0) + 1);
        this.end(order, 'produced');
      }
    }
  }

  /** Makes the rest of the queue. */
  finish(): void {
    this.faults.jammed = 0;
    while (this.orders.some((order) => order.state === 'accepted')) this.work();
  }

  private take(cards: readonly PreparedCard[]): Order[] {
    const taken = cards.map(({ cardId, number }): Order => ({
      key: { cardId, number, orderId: null },
      orderId: `o-${this.orders.length}-${number}`,
      state: 'accepted',
    }));
    this.orders.push(...taken);
    return taken;
  }

  private end(order: Order, state: 'produced' | 'failed' | 'cancelled'): void {
    order.state = state;
    const said = report(order);
    if (said.state === 'not-known' || said.state === 'forgotten') return;
    // Some messages never come, some come twice, and `messages` is read in any order.
    const copies = [0, 1, 1, 2][Math.floor(this.random() * 4)] ?? 1;
    for (let copy = 0; copy < copies; copy += 1) this.messages.push(said);
  }
}

function report({ key: { cardId, number }, orderId, state }: Order): Report {
  const about = { cardId, number, orderId };
  switch (state) {
    case 'accepted':
      return { ...about, state, message: null };
    case 'produced':
      return { ...about, state, evidence: { serial: orderId } };
    case 'failed':
      return { ...about, state, code: 'jam', reason: 'Card jam' };
    case 'cancelled':
      return { ...about, state, reason: null };
  }
}
