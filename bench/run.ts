/**
 * `npm run bench -- [--rounds N] [--cases N] [--seed N] [--quick] [--json FILE] [--out DIR]`: the worker runtime beside
 * the stock client and the bare REST interface, in one run on one engine; see bench/README.md.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from './lib/random.js';
import { ClientProcess } from './runtime/client-process.js';
import { clients, type ClientName } from './runtime/clients.js';
import type { Cpu } from './lib/cpu.js';
import { toCsv } from './runtime/csv.js';
import { fetchCurve, idleCpu, rateWith } from './runtime/curves.js';
import { compareCost, measureDatabaseCost, readBaseline } from './runtime/database-cost.js';
import { toSvg } from './runtime/plot.js';
import { printTables } from './runtime/print.js';
import { armNames, goalsOf, ratiosOf, summarize, type ArmName, type Results, type Round } from './runtime/results.js';
import { measureArm, measureWithoutTasks, type ArmFigures } from './runtime/rounds.js';
import { startSystem, type BenchSystem } from './runtime/system.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    cases: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    out: { type: 'string', default: 'bench/results' },
  },
});
const quick = values.quick;
const rounds = quick ? 2 : Number(values.rounds);
const cases = quick ? 20 : Number(values.cases);
const levels = quick ? [0, 100, 1_000] : [0, 100, 1_000, 10_000, 50_000];
const random = new Random(Number(values.seed));
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const clientNames = Object.keys(clients) as ClientName[];

const system = await startSystem();
let results: Results;
try {
  results = await measureAll(system);
} finally {
  await system.stop();
}
say('counting statements, commits and WAL');
const cost = await measureDatabaseCost();

const arms = summarize(results);
const ratios = ratiosOf(results);
const goals = { ...goalsOf(results, arms, ratios), ...compareCost(cost, await readBaseline()) };
printTables({ arms, ratios, goals, results }, say);
await mkdir(values.out, { recursive: true });
await writeFile(join(values.out, 'raw.csv'), toCsv(results));
await writeFile(join(values.out, 'bench.svg'), toSvg(results, arms));
if (values.json !== undefined) {
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
  const settings = { rounds, cases, seed: Number(values.seed), quick };
  await writeFile(
    values.json,
    `${JSON.stringify({ machine, settings, arms, ratios, cost, goals, results }, null, 2)}\n`,
  );
}
process.exitCode = Object.values(goals).every(({ met }) => met) ? 0 : 1;

async function measureAll(on: BenchSystem): Promise<Results> {
  const started = (name: ClientName) => ClientProcess.start({ name, connection: on.connection, cardsUrl: on.cardsUrl });
  const processes = new Map<ClientName, ClientProcess>();
  for (const name of clientNames) processes.set(name, await started(name));
  const client = (name: ClientName): ClientProcess => processes.get(name) as ClientProcess;

  const measure = (name: ArmName): Promise<ArmFigures> =>
    name === 'without-tasks'
      ? measureWithoutTasks(on, cases)
      : measureArm(on, client(name), name, { cases, singles: quick ? 3 : 16, random: random.next });
  const oneRound = async (): Promise<Round> => {
    const figures: [ArmName, ArmFigures][] = [];
    for (const name of random.shuffled(armNames)) figures.push([name, await measure(name)]);
    return Object.fromEntries(figures) as Round;
  };
  say('warm-up');
  await oneRound();
  const measured: Round[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    say(`round ${round} of ${rounds}`);
    measured.push(await oneRound());
  }

  say('idle');
  const idle: Record<string, Cpu> = { nobody: await idleCpu(on, null, quick ? 1_000 : 6_000) };
  for (const name of clientNames) idle[name] = await idleCpu(on, client(name), quick ? 1_000 : 6_000);

  say('1, 2, 4 and 8 workers');
  const crew = [client('ours-no-op')];
  while (crew.length < 8) crew.push(await started('ours-no-op'));
  const workers: Record<string, number>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const rates: Record<string, number> = {};
    for (const count of random.shuffled([1, 2, 4, 8])) rates[count] = await rateWith(on, crew.slice(0, count), cases);
    workers.push(rates);
  }
  await Promise.all([...new Set([...processes.values(), ...crew])].map((each) => each.quit()));

  say(`fetching with up to ${levels.at(-1)} waiting`);
  const fetch = await fetchCurve(on, levels, quick ? 20 : 200);
  return { cases, rounds: measured, workers, fetch, idle };
}
