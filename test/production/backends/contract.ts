import {
  AnswerLost,
  BackendBusy,
  BackendDown,
  orderKeyText,
  type OrderKey,
  type PreparedCard,
  type ProductionBackend,
  type Report,
} from '../../../src/production/backends/backend.js';
import type { CardJob } from '../../../src/cards/card-job.js';
import { eventually } from '../../support/eventually.js';
import { sampleJob } from './card-job.js';

/** The machine behind an adapter, as a test plays it. What only some machines can do is optional; see `Ability`. */
export interface Machine {
  /** The cards that came out, as `orderKeyText`, one entry for each card; a half-made one is not a card. */
  made(): Promise<readonly string[]>;
  /** From now on cards are taken and none is begun, until `release`. */
  hold(): Promise<void>;
  release(): Promise<void>;
  /** The next card to be begun is spoilt by the machine. */
  failNext(): Promise<void>;
  /** Nobody answers at the backend's address any more, until `listen`. It keeps what it knows. */
  hangUp(): Promise<void>;
  listen(): Promise<void>;
  /** The next call is taken in full, and the connection breaks instead of an answer. */
  loseNextAnswer(): Promise<void>;
  /** The next card handed over is refused for what is in it. */
  refuseNext?(): Promise<void>;
  /** The next card handed over is not taken: the machine is too busy. */
  busyNext?(): Promise<void>;
  /** The machine stops and says why, until `mend`. */
  breakDown?(): Promise<void>;
  mend?(): Promise<void>;
  /** Its program is ended without warning and started again. */
  restart?(): Promise<void>;
  /** Keys of the letters that came out, one entry for each letter. */
  letters?(): Promise<readonly string[]>;
}

/** What not every machine can do, by the member of `Machine` that plays it. */
export type Ability = 'refuseNext' | 'busyNext' | 'breakDown' | 'restart' | 'letters';

export interface BackendUnderTest {
  readonly backend: ProductionBackend;
  readonly machine: Machine;
  stop(): Promise<void>;
}

export interface BackendKit {
  /** Kind of the backend, for the title. */
  readonly name: string;
  /** Called once; every test uses cards of its own. */
  readonly start: () => Promise<BackendUnderTest>;
  /** Tests about anything else are left out. */
  readonly abilities: readonly Ability[];
  /** Members that every card must have to be makeable here, for example a layout or `chip`. */
  readonly job?: Partial<CardJob>;
}

/** How long a machine may take over a card on a slow computer (ms). */
const patience = 30_000;
const never = new AbortController().signal;

/** The tests that every adapter of `ProductionBackend` has to pass, against a real machine or an honest simulation of one. */
export function describeBackendContract({ name, start, abilities, job: members = {} }: BackendKit): void {
  describe(`production backend: ${name}`, () => {
    let under: BackendUnderTest;
    let backend: ProductionBackend;
    let machine: Machine;
    const when = (ability: Ability) => (abilities.includes(ability) ? test : test.skip);

    beforeAll(async () => {
      under = await start();
      ({ backend, machine } = under);
    });
    afterAll(async () => {
      await under.stop();
    });

    async function prepared(changes: Partial<CardJob> = {}): Promise<PreparedCard> {
      const job = sampleJob({ ...members, ...changes });
      return { cardId: job.cardId, number: job.number, body: await backend.prepare(job) };
    }

    const keyOf = ({ cardId, number }: PreparedCard, orderId: string | null = null): OrderKey => ({
      cardId,
      number,
      orderId,
      calledAt: new Date(),
    });

    async function accepted(card: PreparedCard): Promise<OrderKey> {
      const [answer] = await backend.submit([card], never);
      if (answer?.outcome !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(answer)}`);
      return keyOf(card, answer.orderId);
    }

    async function report(key: OrderKey): Promise<Report> {
      const reports = await backend.ask([key], never);
      expect(reports).toHaveLength(1);
      expect(reports[0]).toMatchObject({ cardId: key.cardId, number: key.number });
      return reports[0] as Report;
    }

    async function ended(key: OrderKey): Promise<Report> {
      return eventually(`${orderKeyText(key)} has ended`, patience, async () => {
        const told = await report(key);
        return told.state === 'accepted' ? null : told;
      });
    }

    const timesMade = async (card: PreparedCard) =>
      (await machine.made()).filter((key) => key === orderKeyText(card)).length;

    test('a card that is accepted is made once, and its order, id and evidence can be asked for', async () => {
      const card = await prepared();
      const key = await accepted(card);
      const told = await ended(key);
      expect(told).toMatchObject({ state: 'produced', orderId: key.orderId });
      expect(Object.keys(told.state === 'produced' ? told.evidence : {})).not.toHaveLength(0);
      expect(await timesMade(card)).toBe(1);
    });

    test('as many cards as one call may carry are each answered for', async () => {
      const cards = await Promise.all(Array.from({ length: Math.min(backend.cardsPerCall, 5) }, () => prepared()));
      const answers = await backend.submit(cards, never);
      expect(answers.map(orderKeyText).sort()).toEqual(cards.map(orderKeyText).sort());
      for (const card of cards) expect(await ended(keyOf(card))).toMatchObject({ state: 'produced' });
      const reports = await backend.ask(
        cards.map((card) => keyOf(card)),
        never,
      );
      expect(reports.map(orderKeyText).sort()).toEqual(cards.map(orderKeyText).sort());
    });

    test('a card handed over twice is one order and one card', async () => {
      const card = await prepared();
      await machine.hold();
      const first = await accepted(card);
      const second = await accepted(card);
      await machine.release();
      expect(second.orderId).toBe(first.orderId);
      await ended(first);
      expect(await timesMade(card)).toBe(1);
    });

    test('an order that it never had is not known', async () => {
      expect(await report(keyOf(await prepared()))).toMatchObject({ state: 'not-known' });
    });

    test('an order that waits is accepted and has not ended', async () => {
      const card = await prepared();
      await machine.hold();
      const key = await accepted(card);
      expect(await report(key)).toMatchObject({ state: 'accepted', orderId: key.orderId });
      expect(await timesMade(card)).toBe(0);
      await machine.release();
      await ended(key);
    });

    test('a card that the machine spoils has failed with a reason, and the next number of it is made', async () => {
      const card = await prepared();
      await machine.failNext();
      const told = await ended(await accepted(card));
      expect(told).toMatchObject({
        state: 'failed',
        code: expect.stringMatching(/./),
        reason: expect.stringMatching(/./),
      });
      expect(await timesMade(card)).toBe(0);
      const again = await prepared({ cardId: card.cardId, number: 2 });
      expect(await ended(await accepted(again))).toMatchObject({ state: 'produced' });
      expect(await timesMade(again)).toBe(1);
    });

    test('an order that is cancelled while it waits is never made', async () => {
      const card = await prepared();
      await machine.hold();
      const key = await accepted(card);
      await backend.cancel(key, never);
      await machine.release();
      expect(await ended(key)).toMatchObject({ state: 'cancelled' });
      expect(await timesMade(card)).toBe(0);
    });

    test('an order that is cancelled after its card was made stays produced', async () => {
      const card = await prepared();
      const key = await accepted(card);
      await ended(key);
      await backend.cancel(key, never);
      expect(await report(key)).toMatchObject({ state: 'produced' });
    });

    test('nobody there: certainly not taken', async () => {
      const card = await prepared();
      await machine.hangUp();
      try {
        await expect(backend.submit([card], never)).rejects.toBeInstanceOf(BackendDown);
        await expect(backend.ask([keyOf(card)], never)).rejects.toBeInstanceOf(BackendDown);
        await expect(backend.cancel(keyOf(card), never)).rejects.toBeInstanceOf(BackendDown);
        await expect(backend.status(never)).rejects.toBeInstanceOf(BackendDown);
      } finally {
        await machine.listen();
      }
      expect(await report(keyOf(card))).toMatchObject({ state: 'not-known' });
    });

    test('a lost answer is reported as lost, and asking shows the outcome of the card', async () => {
      const card = await prepared();
      await machine.loseNextAnswer();
      await expect(backend.submit([card], never)).rejects.toBeInstanceOf(AnswerLost);
      const key = keyOf(card);
      await eventually('the order is known', patience, async () => (await report(key)).state !== 'not-known');
      expect(await ended(key)).toMatchObject({ state: 'produced' });
      expect(await timesMade(card)).toBe(1);
    });

    test('a question whose answer is lost has taught nothing', async () => {
      const key = await accepted(await prepared());
      await machine.loseNextAnswer();
      await expect(backend.ask([key], never)).rejects.toBeInstanceOf(AnswerLost);
      await ended(key);
    });

    test('a call that is given up may have been taken', async () => {
      const given = new AbortController();
      given.abort();
      const card = await prepared();
      await expect(backend.submit([card], given.signal)).rejects.toThrow();
      await expect(backend.ask([keyOf(card)], given.signal)).rejects.toThrow();
      expect(await timesMade(card)).toBeLessThanOrEqual(1);
    });

    test('what is sent holds no PIN and no PUK that could be read', async () => {
      const job = sampleJob({ ...members });
      const body = (await backend.prepare(job)).toString('latin1');
      for (const secret of Object.values(job.secrets ?? {})) expect(body).not.toContain(secret);
    });

    test('a machine that is well is ready', async () => {
      expect(await backend.status(never)).toMatchObject({ condition: 'ready', message: null });
    });

    when('breakDown')('a machine that has stopped says why, and continues when it is mended', async () => {
      const card = await prepared();
      await machine.breakDown?.();
      await eventually('it says why', patience, async () => {
        const { condition, message } = await backend.status(never);
        return condition === 'paused' && (message ?? '') !== '';
      });
      await machine.mend?.();
      await eventually('it is ready', patience, async () => (await backend.status(never)).condition === 'ready');
      expect(await ended(await accepted(card))).toMatchObject({ state: 'produced' });
    });

    when('refuseNext')('a card that is refused is answered with a code and a reason, and never made', async () => {
      const card = await prepared();
      await machine.refuseNext?.();
      const answers = await backend.submit([card], never);
      expect(answers).toEqual([
        {
          cardId: card.cardId,
          number: 1,
          outcome: 'refused',
          code: expect.stringMatching(/./),
          reason: expect.stringMatching(/./),
        },
      ]);
      expect(await timesMade(card)).toBe(0);
    });

    when('busyNext')('a busy machine says when to come back, and has taken nothing', async () => {
      const card = await prepared();
      await machine.busyNext?.();
      const busy = await backend.submit([card], never).catch((error: unknown) => error);
      expect(busy).toBeInstanceOf(BackendBusy);
      expect((busy as BackendBusy).retryAfterMs).toBeGreaterThan(0);
      expect(await report(keyOf(card))).toMatchObject({ state: 'not-known' });
    });

    when('restart')('an accepted order outlives the machine, and its card is made once', async () => {
      const card = await prepared();
      await machine.hold();
      const key = await accepted(card);
      await machine.restart?.();
      await machine.release();
      expect(await ended(key)).toMatchObject({ state: 'produced', orderId: key.orderId });
      expect(await timesMade(card)).toBe(1);
    });

    when('letters')('a letter sent twice under the same key is printed once', async () => {
      const key = orderKeyText(await prepared());
      for (let time = 0; time < 2; time += 1) await backend.printLetter?.(key, Buffer.from('%PDF-1.7\n%%EOF\n'), never);
      await eventually('the letter is out', patience, async () => (await machine.letters?.())?.includes(key));
      expect((await machine.letters?.())?.filter((letter) => letter === key)).toHaveLength(1);
    });
  });
}
