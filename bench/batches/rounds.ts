import { cpuBetween, parentOf, readCpu, type Measured } from '../lib/cpu.js';
import { spread, type Spread } from '../lib/statistics.js';
import { orderBatch, type BatchRun } from './our-arm.js';
import { postgresAlone } from './postgres-arm.js';
import type { BatchPlace } from './setup.js';
import type { TextbookArm } from './textbook-arm.js';

/** Calls of the print shop in the arm that hands over one card at a time: as many at once as the adapter has sockets for. */
const single = { cardsPerCall: 1, callsAtOnce: 8 };
const sets = { cardsPerCall: 500, callsAtOnce: 2 };

export const armNames = ['ours-500', 'ours-1', 'textbook', 'postgres'] as const;
export type ArmName = (typeof armNames)[number];

/** Milliseconds of CPU per card, by who spent them; of the textbook's arm `client` is the stock client. */
export type CpuPerCard = Readonly<Record<string, number>>;

export interface Round {
  readonly cardsPerSecond: Readonly<Record<ArmName, number>>;
  readonly phases: BatchRun['phases'];
  readonly cpu: Readonly<Partial<Record<ArmName, CpuPerCard>>>;
  readonly refusedPerCard: number;
}

/** Each arm once, in random order, with cards of its own. */
export async function measureRound(
  place: BatchPlace,
  textbook: TextbookArm,
  cards: number,
  random: () => number,
): Promise<Round> {
  const rates: Partial<Record<ArmName, number>> = {};
  const cpu: Partial<Record<ArmName, CpuPerCard>> = {};
  let phases: BatchRun['phases'] | null = null;
  let refusedPerCard = 0;
  const arms: Record<ArmName, () => Promise<void>> = {
    'ours-500': async () => {
      await place.setCalls(sets.cardsPerCall, sets.callsAtOnce);
      const ids = await place.cards(cards);
      const [run, spent] = await withCpu(place, textbook, cards, () => orderBatch(place, ids));
      ({ phases, cardsPerSecond: rates['ours-500'] } = run);
      cpu['ours-500'] = spent;
    },
    'ours-1': async () => {
      await place.setCalls(single.cardsPerCall, single.callsAtOnce);
      const ids = await place.cards(cards);
      const [run, spent] = await withCpu(place, textbook, cards, () => orderBatch(place, ids));
      rates['ours-1'] = run.cardsPerSecond;
      cpu['ours-1'] = spent;
    },
    textbook: async () => {
      const [run, spent] = await withCpu(place, textbook, cards, () => textbook.run(cards));
      ({ refusedPerCard, cardsPerSecond: rates.textbook } = run);
      cpu.textbook = spent;
    },
    postgres: async () => {
      rates.postgres = await postgresAlone(place.cardsUrl, await place.cards(cards));
    },
  };
  const order = armNames.map((name) => [random(), name] as const).sort(([one], [other]) => one - other);
  for (const [, name] of order) await arms[name]();
  if (phases === null) throw new Error('No batch order was measured.');
  return { cardsPerSecond: rates as Record<ArmName, number>, phases, cpu, refusedPerCard };
}

async function withCpu<T>(
  { installation, db }: BatchPlace,
  textbook: TextbookArm,
  cards: number,
  work: () => Promise<T>,
): Promise<[T, CpuPerCard]> {
  const [server, worker, shop, java] = await Promise.all(
    (['server', 'worker', 'print-shop', 'engine'] as const).map((part) => installation.processId(part)),
  );
  const { rows } = await db.raw<{ rows: { pid: number }[] }>('select pg_backend_pid() as pid');
  const postmaster = parentOf(rows[0]?.pid ?? 0);
  const nodes = { server: server ?? 0, worker: worker ?? 0, 'print shop': shop ?? 0, client: textbook.clientPid };
  const read = () => {
    const measured = (pid: number): Measured => ({ java: java ?? 0, postmaster, nodes: [pid] });
    return Object.entries(nodes).map(([name, pid]) => [name, readCpu(measured(pid))] as const);
  };
  const before = new Map(read());
  const result = await work();
  const spent: Record<string, number> = {};
  for (const [name, after] of read()) {
    const earlier = before.get(name);
    if (earlier === undefined) continue;
    const { java: engine, postgres, node } = cpuBetween(earlier, after);
    Object.assign(spent, { engine: engine / cards, PostgreSQL: postgres / cards, [name]: node / cards });
  }
  return [result, spent];
}

/** Ratios of figures of the same round, so that what slows the whole machine down falls out. */
export function ratio(rounds: readonly Round[], over: ArmName, under: ArmName): Spread {
  return spread(rounds.map(({ cardsPerSecond }) => cardsPerSecond[over] / cardsPerSecond[under]));
}
