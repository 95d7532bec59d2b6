import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { CanaryWatch } from './canaries.js';
import { databaseUrls, searchDatabases, searchInstallation, type DatabaseUrls } from './canary-search.js';
import type { PartName } from './installation.js';
import { Killer } from './killer.js';
import type { ProductionInstallation } from './production-installation.js';
import { judge } from './production-judge.js';
import { seededRandom } from './random.js';

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
 * The script of a careless shop, which makes a card for each order that it receives, with every fault. Power cuts of its own come
 * on top of the kills of the run. A card takes it long enough for a queue: a caller who calls again after a lost answer does so
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

/** The parts that take part in making cards, except the process engine and PostgreSQL. */
export const producing: readonly PartName[] = ['worker', 'server', 'print-shop'];

export const chaosBackend = {
  settleMs: 5_000,
  cardsPerCall: 4,
  callsAtOnce: 2,
  timeLimits: { connect: 2_000, headers: 3_000, body: 3_000 },
};

/** What work is given while parts are killed. */
export interface Ordeal {
  /** The cards database, as its owner. */
  readonly db: pg.Client;
  readonly killer: Killer;
  /** Ends with the last kill. */
  readonly killing: Promise<void>;
}

/** What a look at the end adds to the verdict. */
export type Verdict = Pick<ChaosResult, 'figures' | 'faults'>;

/**
 * Kills parts at random while `work` has the cards made, then judges: every card made once, and no PIN or PUK anywhere.
 * @param work is over when all cards are made; the function that it returns is called when no process instance runs any more
 */
export async function ordeal(
  place: ProductionInstallation,
  cards: readonly string[],
  options: ChaosOptions,
  work: (ordeal: Ordeal) => Promise<() => Promise<Verdict>>,
): Promise<ChaosResult> {
  const { installation, canaryFile } = place;
  const { seed, kills, betweenMs, say } = options;
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
    const [look] = await Promise.all([work({ db, killer, killing }), killing, lookHalfway(watch, urls, killer, kills)]);
    const seconds = Math.round((performance.now() - began) / 1_000);
    if (!options.mutant) await untilNoInstanceRuns(place, 90_000);
    const verdict = await judge(installation, db, cards);
    const further = await look();
    await searchInstallation(watch, place, cards);
    await searchDatabases(watch, urls);
    const canaries = { made: made().size, looked: watch.looked, found: watch.found };
    return {
      canaries,
      figures: { ...verdict.figures, ...further.figures, kills: killer.done, seconds },
      faults: [
        ...verdict.faults,
        ...further.faults,
        ...canaries.found.map((where) => `a PIN or PUK is in ${where}`),
        ...(canaries.made >= 2 * cards.length ? [] : [`only ${canaries.made} PINs and PUKs were made`]),
      ],
    };
  } finally {
    await db.end();
  }
}

/** While orders are under way their PINs and PUKs are in the database, sealed. */
async function lookHalfway(watch: CanaryWatch, urls: DatabaseUrls, killer: Killer, kills: number): Promise<void> {
  while (killer.done < kills / 2) await sleep(100);
  await searchDatabases(watch, urls);
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
