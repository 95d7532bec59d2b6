import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { approvedCards, startProduction, type ProductionInstallation } from '../lib/production-installation.js';
import { chaosBackend, chaosScript, ordeal, type ChaosOptions, type ChaosResult } from '../lib/production-ordeal.js';

/** Cards of one call, so that a lost answer is about many of them. */
const cardsPerCall = 50;

/**
 * One batch order for all cards, while worker, server and print shop are killed; each review repeats what has failed, until the
 * batch order ends with every card made.
 */
export async function runBatchChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { cards: count, mutant, say } = options;
  // A machine quick enough for calls of many cards: the kills are to meet every part of the batch order's life.
  const script = { ...chaosScript(options), cardMs: 60 };
  const place = await startProduction({ script, backend: { ...chaosBackend, cardsPerCall }, mutant, say });
  try {
    say(`${count} cards are requested`);
    const cards = await approvedCards(place.installation, count);
    say('the batch order is placed; the killing begins');
    return await ordeal(place, cards, options, async ({ db, killer }) => {
      const id = await orderTogether(place, cards);
      const rounds = await repeatUntilDone(place, id, () => killer.done >= options.kills, options.patienceMs, say);
      return async () => {
        const { figures, faults } = await judgeBatch(place, db, id, cards.length);
        return { figures: { ...figures, rounds }, faults };
      };
    });
  } finally {
    await place.stop();
  }
}

/** @returns id of the batch order */
async function orderTogether({ installation }: ProductionInstallation, cards: readonly string[]): Promise<string> {
  const request = { kind: 'issue', label: 'Ordeal', cardIds: cards };
  const { status, body } = await installation.callUntilAnswered('producer', 'POST', '/batch-orders', request, {
    'idempotency-key': 'ordeal',
  });
  if (status !== 202) throw new Error(`The batch order was not placed: ${status} ${JSON.stringify(body)}`);
  return body.id as string;
}

/** Repeats what has failed at each review. @returns how many rounds it took */
async function repeatUntilDone(
  { installation }: ProductionInstallation,
  id: string,
  killed: () => boolean,
  patienceMs: number,
  say: (line: string) => void,
): Promise<number> {
  let deadline = Infinity;
  for (let before = ''; ; await sleep(500)) {
    if (deadline === Infinity && killed()) deadline = Date.now() + patienceMs;
    const { body } = await installation.callUntilAnswered('producer', 'GET', `/batch-orders/${id}`);
    const { state, round, counts } = body;
    const now = `${state}, round ${round}: ${counts.ordered} ordered, ${counts.produced} produced, ${counts.failed} failed`;
    if (now !== before) say(now);
    before = now;
    // The judge says what is missing.
    if (state === 'completed' || Date.now() > deadline) return round as number;
    if (state === 'reviewing')
      await installation.callUntilAnswered('producer', 'POST', `/batch-orders/${id}/repeat`, {});
  }
}

/** The counts of the batch order beside its rows and the cards. */
async function judgeBatch(
  { installation }: ProductionInstallation,
  db: pg.Client,
  id: string,
  cards: number,
): Promise<{ figures: Record<string, number>; faults: string[] }> {
  const { body } = await installation.callUntilAnswered('producer', 'GET', `/batch-orders/${id}`);
  const { state, counts } = body;
  const { rows } = await db.query<{ state: string; count: number }>(
    `select state, count(*)::int as count from batch_row where batch_id = $1 group by state`,
    [id],
  );
  const { rows: orders } = await db.query<{ count: number }>('select count(*)::int as count from batch_order');
  const expected = { chosen: cards, skipped: 0, ordered: cards, produced: cards, failed: 0, cancelled: 0 };
  const faults = [
    ...(state === 'completed' ? [] : [`the batch order is ${state}`]),
    ...Object.entries(expected).flatMap(([name, count]) =>
      counts[name] === count ? [] : [`the batch order counts ${counts[name]} ${name} instead of ${count}`],
    ),
    ...rows
      .filter((row) => row.state !== 'succeeded')
      .map((row) => `${row.count} rows of the batch order are ${row.state}`),
    ...(orders[0]?.count === 1 ? [] : [`${orders[0]?.count} batch orders instead of one`]),
  ];
  return { faults, figures: { 'produced (batch order)': counts.produced } };
}
