import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { seededRandom } from '../chaos/random.js';
import type { PartName } from '../support/installation.js';
import { inParallel } from '../support/pool.js';
import { CanaryWatch } from './canaries.js';
import { databaseUrls, searchDatabases, searchInstallation, type DatabaseUrls } from './canary-search.js';
import { judge } from './judge.js';
import { Killer } from './killer.js';
import { approvedCards, listAll, startProduction, type ProductionInstallation } from './setup.js';

export interface ChaosOptions {
  readonly seed: number;
  readonly cards: number;
  readonly kills: number;
  /** Between two kills: shortest and longest (ms). */
  readonly betweenMs: readonly [number, number];
  /** Without the rule that a backend is asked before it is called again. */
  readonly mutant: boolean;
  /** Share of the print shop's answers that get lost. */
  readonly lostAnswers: number;
  /** How long the cards may take after the last kill (ms). */
  readonly patienceMs: number;
  readonly say: (line: string) => void;
}

export interface ChaosResult {
  readonly figures: Readonly<Record<string, number>>;
  readonly canaries: { readonly made: number; readonly looked: number; readonly found: readonly string[] };
  /** What is not as it has to be; empty when all is well. */
  readonly faults: readonly string[];
}

/**
 * The script of a careless shop, which makes a card each time it is told to, with every fault. Power cuts of its own come
 * on top of the kills of the run. A card takes it long enough for a queue: whoever calls again after a lost answer does so
 * before the result is in.
 */
export const chaosScript = ({ seed, lostAnswers }: ChaosOptions) => ({
  seed,
  cardMs: 300,
  ribbonCards: 100,
  ribbonChangeMs: 2_000,
  honoursKeys: false,
  faults: {
    'ribbon-end': 0.005,
    jam: 0.05,
    slow: 0.02,
    silent: 0.05,
    duplicate: 0.1,
    'out-of-order': 0.1,
    'answer-lost': lostAnswers,
    refused: 0.03,
    busy: 0.03,
    restart: 0.003,
  },
});

/** Whoever takes part in making cards, but for the process engine and PostgreSQL. */
export const producing: readonly PartName[] = ['worker', 'server', 'print-shop'];

export const chaosBackend = {
  settleMs: 5_000,
  cardsPerCall: 4,
  callsAtOnce: 2,
  timeLimits: { connect: 2_000, headers: 3_000, body: 3_000 },
};

/** Orders cards over the interface while parts are killed, repeats what fails until all are issued, and has the run judged. */
export async function runProductionChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { cards: count, mutant, say } = options;
  const place = await startProduction({ script: chaosScript(options), backend: chaosBackend, mutant, say });
  try {
    say(`${count} cards are requested`);
    const cards = await approvedCards(place.installation, count);
    say('cards are ordered; the killing begins');
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
    await Promise.all([killer.run(), orderAll(place, cards, killer, kills), lookHalfway(watch, urls, killer, kills)]);
    const repeats = await repeatUntilIssued(place, db, cards, patienceMs, say);
    const seconds = (performance.now() - began) / 1_000;
    if (!options.mutant) await untilNoInstanceRuns(place, 60_000);
    const { figures, faults } = await judge(installation, db, cards);
    await searchInstallation(watch, place, cards);
    await searchDatabases(watch, urls);
    const canaries = { made: made().size, looked: watch.looked, found: watch.found };
    return {
      canaries,
      figures: {
        ...figures,
        repeated: repeats,
        kills: killer.done,
        ...prefixed(killer.killed),
        seconds: Math.round(seconds),
      },
      faults: [
        ...faults,
        ...canaries.found.map((where) => `a PIN or PUK is in ${where}`),
        ...(canaries.made >= 2 * cards.length ? [] : [`only ${canaries.made} PINs and PUKs were made`]),
      ],
    };
  } finally {
    await db.end();
  }
}

/** Cards are ordered as the kills go on, so that each kill meets work. */
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

/** While orders are under way their PINs and PUKs are in the database, sealed. */
async function lookHalfway(watch: CanaryWatch, urls: DatabaseUrls, killer: Killer, kills: number): Promise<void> {
  while (killer.done < kills / 2) await sleep(100);
  await searchDatabases(watch, urls);
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

/** Waits until the engine runs nothing any more; what it runs after that time is for the judge. */
export async function untilNoInstanceRuns(
  { installation }: Pick<ProductionInstallation, 'installation'>,
  patienceMs: number,
): Promise<void> {
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await sleep(200)) {
    const { count } = await installation.engine.call<{ count: number }>({
      user: 'card-server',
      path: '/process-instance/count',
    });
    if (count === 0) return;
  }
}

function prefixed(killed: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(killed).map(([part, times]) => [`kills of the ${part}`, times]));
}
