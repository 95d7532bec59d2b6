import { seededRandom } from '../lib/random.js';
import { spread, type Spread } from '../lib/statistics.js';
import { mostMemory, type Memory } from './memory.js';
import { engineSteps, orderBatch, type Steps } from './our-arm.js';
import { requestBatch, type RequestRun } from './request-arm.js';
import { measureRound, ratio, type Round } from './rounds.js';
import { BatchPlace } from './setup.js';
import { TextbookArm } from './textbook-arm.js';

export interface BatchBenchOptions {
  /** Sizes of batch orders whose engine steps are counted, smallest first; memory is measured during the last one. */
  readonly sizes: readonly number[];
  readonly rounds: number;
  /** Cards of each arm in a round. */
  readonly cards: number;
  /** A round before the ones that count: processes that have just started are slow. */
  readonly warmUp: boolean;
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface Goal {
  readonly value: number;
  readonly goal: string;
  readonly met: boolean;
}

export interface BatchBenchResult {
  readonly steps: readonly { readonly cards: number; readonly seconds: number; readonly steps: Steps }[];
  readonly memory: Readonly<Record<'server' | 'worker', { readonly idle: Memory; readonly most: Memory }>>;
  /** Batches of requests, approved in one task each. */
  readonly requests: readonly RequestRun[];
  readonly rounds: readonly Round[];
  readonly ratios: Readonly<Record<string, Spread>>;
  readonly goals: Readonly<Record<string, Goal>>;
}

/**
 * Handlers of the stock client at the same time. Of 1, 2, 3, 4 and 8 this is the fastest with 1,000 cards: alone it waits for the print
 * shop, with more the engine refuses more completions.
 */
const textbookAtOnce = 2;
/** Memory above which a part would count as unbounded (bytes): several times what it needs for any one call. */
const boundBytes = 512 * 1024 * 1024;

/** Everything that `npm run bench:batches` measures, on an installation of its own. */
export async function benchBatches({
  sizes,
  rounds,
  cards,
  warmUp,
  seed,
  say,
}: BatchBenchOptions): Promise<BatchBenchResult> {
  const place = await BatchPlace.start(say);
  try {
    const textbook = await TextbookArm.start(place, textbookAtOnce);
    try {
      const random = seededRandom(seed);
      if (warmUp) {
        say('warm-up');
        await measureRound(place, textbook, 500, random);
      }
      await place.setCalls(500, 2);
      const { steps, memory } = await measureSizes(place, sizes, say);
      const measured: Round[] = [];
      for (let round = 1; round <= rounds; round += 1) {
        say(`round ${round} of ${rounds}: ${cards} cards in each arm`);
        measured.push(await measureRound(place, textbook, cards, random));
      }
      await place.requireApproval();
      const requests: RequestRun[] = [];
      for (const size of sizes) {
        say(`a batch of ${size} requests`);
        requests.push(await requestBatch(place, size));
      }
      const ratios = {
        'ours, 500 a call ÷ textbook': ratio(measured, 'ours-500', 'textbook'),
        'ours, 1 a call ÷ textbook': ratio(measured, 'ours-1', 'textbook'),
        'ours, 500 a call ÷ PostgreSQL alone': ratio(measured, 'ours-500', 'postgres'),
      };
      return {
        steps,
        memory,
        requests,
        rounds: measured,
        ratios,
        goals: goalsOf({ steps, memory, requests }, ratios['ours, 500 a call ÷ textbook']),
      };
    } finally {
      await textbook.stop();
    }
  } finally {
    await place.stop();
  }
}

async function measureSizes(
  place: BatchPlace,
  sizes: readonly number[],
  say: (line: string) => void,
): Promise<Pick<BatchBenchResult, 'steps' | 'memory'>> {
  const parts = ['server', 'worker'] as const;
  const memoryOf = async (since: number): Promise<Record<(typeof parts)[number], Memory>> => {
    const [server, worker] = await Promise.all(
      parts.map(async (part) => mostMemory(place.memory, await place.installation.processId(part), since)),
    );
    if (server === undefined || worker === undefined) throw new Error('A part does not run.');
    return { server, worker };
  };
  const steps: { cards: number; seconds: number; steps: Steps }[] = [];
  const idle = await memoryOf(Date.now() - 1_000);
  let most = idle;
  for (const size of sizes) {
    say(`a batch order of ${size} cards`);
    const ids = await place.cards(size);
    const since = Date.now();
    const { id, seconds } = await orderBatch(place, ids);
    steps.push({ cards: size, seconds, steps: await engineSteps(place, id) });
    most = await memoryOf(since);
  }
  return {
    steps,
    memory: { server: { idle: idle.server, most: most.server }, worker: { idle: idle.worker, most: most.worker } },
  };
}

function goalsOf(
  { steps, memory, requests }: Pick<BatchBenchResult, 'steps' | 'memory' | 'requests'>,
  ratioToTextbook: Spread,
): Record<string, Goal> {
  const kinds = (runs: readonly { readonly steps: Steps }[]): number =>
    new Set(runs.map((each) => JSON.stringify(each.steps))).size;
  const [different, requested] = [kinds(steps), kinds(requests)];
  const rss = Math.max(memory.server.most.rss, memory.worker.most.rss);
  return {
    'kinds of engine history, over all sizes': { value: different, goal: '1', met: different === 1 },
    'the same of requests': { value: requested, goal: '1', met: requested === 1 },
    '1,000 cards: ours, 500 a call ÷ textbook': {
      value: ratioToTextbook.median,
      goal: '≥ 20',
      met: ratioToTextbook.median >= 20,
    },
    'most memory of server or worker, MB': {
      value: rss / 1024 ** 2,
      goal: `≤ ${boundBytes / 1024 ** 2}`,
      met: rss <= boundBytes,
    },
  };
}

/** Of each figure of the rounds the spread. */
export function spreads(rounds: readonly Readonly<Record<string, number>>[]): [string, Spread][] {
  const names = [...new Set(rounds.flatMap((round) => Object.keys(round)))];
  return names.map((name) => [name, spread(rounds.map((round) => round[name] ?? NaN))]);
}
