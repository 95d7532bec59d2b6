import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { seededRandom } from '../chaos/random.js';
import { CanaryWatch } from '../production/canaries.js';
import { databaseUrls, searchDatabases, searchInstallation, type DatabaseUrls } from '../production/canary-search.js';
import {
  chaosBackend,
  chaosScript,
  producing,
  untilNoInstanceRuns,
  type ChaosOptions,
  type ChaosResult,
} from '../production/chaos-run.js';
import { judge } from '../production/judge.js';
import { Killer } from '../production/killer.js';
import { approvedCards, startProduction, type ProductionInstallation } from '../production/setup.js';

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
    return await ordeal(place, cards, options);
  } finally {
    await place.stop();
  }
}

async function ordeal(
  place: ProductionInstallation,
  cards: readonly string[],
  options: ChaosOptions,
): Promise<ChaosResult> {
  const { installation, canaryFile } = place;
  const { seed, kills, betweenMs, patienceMs, say } = options;
  const began = performance.now();
  const urls = await databaseUrls(installation);
  const db = new pg.Client({ connectionString: urls.cards });
  await db.connect();
  const made = () =>
    new Set(
      readFileSync(canaryFile, 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    );
  const watch = new CanaryWatch(made);
  const killer = new Killer({ installation, victims: producing, random: seededRandom(seed), kills, betweenMs, say });
  try {
    const killing = killer.run();
    const request = { kind: 'issue', label: 'Ordeal', cardIds: cards };
    const { status, body } = await installation.callUntilAnswered('producer', 'POST', '/batch-orders', request, {
      'idempotency-key': 'ordeal',
    });
    if (status !== 202) throw new Error(`The batch order was not placed: ${status} ${JSON.stringify(body)}`);
    const id = body.id as string;
    const rounds = repeatUntilDone(place, id, () => killer.done >= kills, patienceMs, say);
    await Promise.all([killing, lookHalfway(watch, urls, killer, kills), rounds]);
    const seconds = (performance.now() - began) / 1_000;
    await untilNoInstanceRuns(place, 90_000);
    const verdict = await judge(installation, db, cards);
    const batch = await judgeBatch(place, db, id, cards.length);
    await searchInstallation(watch, place, cards);
    await searchDatabases(watch, urls);
    const canaries = { made: made().size, looked: watch.looked, found: watch.found };
    return {
      canaries,
      figures: {
        ...verdict.figures,
        ...batch.figures,
        kills: killer.done,
        rounds: await rounds,
        seconds: Math.round(seconds),
      },
      faults: [
        ...verdict.faults,
        ...batch.faults,
        ...canaries.found.map((where) => `a PIN or PUK is in ${where}`),
        ...(canaries.made >= 2 * cards.length ? [] : [`only ${canaries.made} PINs and PUKs were made`]),
      ],
    };
  } finally {
    await db.end();
  }
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

async function lookHalfway(watch: CanaryWatch, urls: DatabaseUrls, killer: Killer, kills: number): Promise<void> {
  while (killer.done < kills / 2) await sleep(100);
  await searchDatabases(watch, urls);
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
