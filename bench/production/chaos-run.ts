import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Killer } from '../lib/killer.js';
import { inParallel } from '../lib/pool.js';
import {
  approvedCards,
  listAll,
  startProduction,
  type ProductionInstallation,
} from '../lib/production-installation.js';
import { chaosBackend, chaosScript, ordeal, type ChaosOptions, type ChaosResult } from '../lib/production-ordeal.js';

/** Orders cards over the interface while parts are killed, repeats what fails until all are issued, and has the run judged. */
export async function runProductionChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { cards: count, mutant, say } = options;
  const place = await startProduction({ script: chaosScript(options), backend: chaosBackend, mutant, say });
  try {
    say(`${count} cards are requested`);
    const cards = await approvedCards(place.installation, count);
    say('cards are ordered; the killing begins');
    return await ordeal(place, cards, options, async ({ db, killer, killing }) => {
      await orderAll(place, cards, killer, options.kills);
      await killing;
      const repeated = await repeatUntilIssued(place, db, cards, options.patienceMs, say);
      return async () => ({ figures: { repeated, ...prefixed(killer.killed) }, faults: [] });
    });
  } finally {
    await place.stop();
  }
}

/** Cards are ordered during the kills, so that each kill meets work. */
async function orderAll(
  { installation }: ProductionInstallation,
  cards: readonly string[],
  killer: Killer,
  kills: number,
): Promise<void> {
  await inParallel(cards, 4, async (card, index) => {
    while (killer.done < kills && index > (cards.length * (killer.done + 1)) / kills) await sleep(50);
    const { status, body } = await installation.callUntilAnswered(
      'producer',
      'POST',
      `/cards/${card}/production`,
      undefined,
      { 'idempotency-key': `order-${card}` },
    );
    if (status !== 202) throw new Error(`The card ${card} could not be ordered: ${status} ${JSON.stringify(body)}`);
  });
}

/** Repeats failed productions over the interface until every card is issued. @returns how many were repeated */
async function repeatUntilIssued(
  { installation }: ProductionInstallation,
  db: pg.Client,
  cards: readonly string[],
  patienceMs: number,
  say: (line: string) => void,
): Promise<number> {
  let repeats = 0;
  for (const deadline = Date.now() + patienceMs; ; await sleep(1_000)) {
    const failed = await listAll(installation, 'producer', '/cards?state=failed');
    await inParallel(failed, 4, async ({ id }) => {
      const { body } = await installation.callUntilAnswered('producer', 'GET', `/cards/${id}/production`);
      const { number } = body.items.at(-1);
      const path = `/cards/${id}/production/${number}/repeat`;
      const { status } = await installation.callUntilAnswered('producer', 'POST', path, undefined, {
        'idempotency-key': `repeat-${id}-${number}`,
      });
      if (status === 202) repeats += 1;
    });
    const { rows } = await db.query<{ state: string; count: number }>(
      `select state, count(*)::int as count from card where id = any($1::uuid[]) group by state`,
      [cards],
    );
    say(rows.map(({ state, count }) => `${count} ${state}`).join(', '));
    if (rows.every(({ state }) => state === 'issued')) return repeats;
    // The judge says what is missing.
    if (Date.now() > deadline) return repeats;
  }
}

function prefixed(killed: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(killed).map(([part, times]) => [`kills of the ${part}`, times]));
}
