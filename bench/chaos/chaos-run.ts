import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { openDatabase } from '../../src/kernel/db/database.js';
import { migrateToLatest } from '../../src/kernel/db/migrate.js';
import { callEngine, startEngine, type TestEngine } from '../../test/support/engine.js';
import { eventually } from '../../test/support/eventually.js';
import type { WorkerProgramSettings } from '../lib/worker-program.js';
import { allowWorkers, deploy, start, unique } from '../lib/engine-work.js';
import { killWorkerProcesses, startWorkerProcess, type WorkerProcess } from '../lib/worker-process.js';
import { seededRandom } from '../lib/random.js';
import { recoveryTimes, type Case, type Interruption, type Outage } from '../lib/recovery.js';
import { quantile } from '../lib/statistics.js';

export interface ChaosOptions {
  readonly seed: number;
  readonly kills: number;
  readonly zombies: number;
  /** Kill and restart the engine once, half way. */
  readonly restartEngine: boolean;
  readonly workers: number;
  readonly casesPerSecond: number;
  /** Milliseconds from one blow to the next, at random between the two. */
  readonly betweenBlowsMs: readonly [number, number];
  readonly lockMs: number;
  readonly longPollMs: number;
  readonly say: (line: string) => void;
}

export interface ChaosFigures {
  readonly cases: number;
  readonly casesDone: number;
  readonly incidents: number;
  /** Rows written by handlers, one for each case at most. */
  readonly effects: number;
  /** Handlers begun; more than cases, because interrupted ones begin again. */
  readonly executions: number;
  readonly kills: number;
  readonly zombies: number;
  readonly engineRestarts: number;
  readonly interruptedTasks: number;
  readonly recoveryP50Ms: number;
  readonly recoveryP99Ms: number;
  readonly recoveryMaxMs: number;
  /** Attempts that the store still counts when all is done. */
  readonly attemptsLeft: number;
}

/** Kills and stops worker processes at random while cases come in, on a real engine, and reports what became of them. */
export async function runChaos(options: ChaosOptions): Promise<ChaosFigures> {
  const engine = await startEngine();
  const pool = await openPool(engine.connection.postgresUrl);
  try {
    await allowWorkers(engine.connection);
    const topic = unique('chaos');
    const key = await deploy(engine.connection, topic);
    const settings: WorkerProgramSettings = {
      engine: engine.connection,
      databaseUrl: databaseUrlOf(engine.connection.postgresUrl),
      topic,
      contract: {
        ...{ inputs: {}, outputs: {}, errors: [], lockMs: options.lockMs },
        // So many that no case runs out of them by bad luck: crashes count as attempts.
        retry: { attempts: 50, firstDelayMs: 200, maxDelayMs: 1_000 },
      },
      slots: 8,
      longPollMs: options.longPollMs,
      handlerMs: [100, 900],
    };
    return await new ChaosRun(options, engine, settings, key, pool).run();
  } finally {
    await killWorkerProcesses();
    await pool.end();
    await engine.stop();
  }
}

const databaseUrlOf = (postgresUrl: string): string => new URL('/chaos', postgresUrl).href;

async function openPool(postgresUrl: string): Promise<pg.Pool> {
  const server = new pg.Pool({ connectionString: postgresUrl, max: 1 });
  await server.query('create database chaos');
  await server.end();
  const database = openDatabase(databaseUrlOf(postgresUrl), 2);
  await migrateToLatest(database);
  await database.destroy();
  const pool = new pg.Pool({ connectionString: databaseUrlOf(postgresUrl), max: 2 });
  await pool.query('create table effect (business_key text primary key)');
  return pool;
}

class ChaosRun {
  private readonly random: () => number;
  private readonly everyProcess: WorkerProcess[] = [];
  private readonly processes = new Set<WorkerProcess>();
  private readonly interruptions: Interruption[] = [];
  private readonly outages: Outage[] = [];
  private readonly businessKeys: string[] = [];
  private feeding = true;
  private paused = false;

  constructor(
    private readonly options: ChaosOptions,
    private readonly engine: TestEngine,
    private readonly settings: WorkerProgramSettings,
    private readonly processKey: string,
    private readonly pool: pg.Pool,
  ) {
    this.random = seededRandom(options.seed);
  }

  async run(): Promise<ChaosFigures> {
    await Promise.all(Array.from({ length: this.options.workers }, () => this.addWorker()));
    const feeder = this.feed();
    await this.harass();
    this.feeding = false;
    await feeder;
    this.options.say(`waiting for the last of ${this.businessKeys.length} cases`);
    await eventually(
      'every case is done',
      120_000,
      async () => (await this.cases()).length === this.businessKeys.length,
    ).catch((error: unknown) => this.options.say(String(error)));
    return this.figures();
  }

  private async addWorker(): Promise<void> {
    const worker = await startWorkerProcess(this.settings);
    this.everyProcess.push(worker);
    this.processes.add(worker);
  }

  /** Starts cases at an even pace; none while the engine is down. */
  private async feed(): Promise<void> {
    while (this.feeding) {
      await sleep(1_000 / this.options.casesPerSecond);
      if (this.paused) continue;
      const businessKey = `case-${this.businessKeys.length}`;
      await start(this.engine.connection, this.processKey, {}, businessKey);
      this.businessKeys.push(businessKey);
    }
  }

  private async harass(): Promise<void> {
    const { kills, zombies, restartEngine, betweenBlowsMs, say } = this.options;
    const [shortest, longest] = betweenBlowsMs;
    const events = this.shuffled([...Array<'kill'>(kills).fill('kill'), ...Array<'zombie'>(zombies).fill('zombie')]);
    const halfWay = Math.floor(events.length / 2);
    const pending: Promise<void>[] = [];
    for (const [index, event] of events.entries()) {
      if (restartEngine && index === halfWay) await this.restartEngine();
      await sleep(shortest + (longest - shortest) * this.random());
      const victim = await eventually('a worker is there to be harmed', 60_000, () => this.pick());
      pending.push(event === 'kill' ? this.kill(victim) : this.stopForAWhile(victim));
      if ((index + 1) % 20 === 0) say(`${index + 1} of ${events.length} blows, ${this.businessKeys.length} cases`);
    }
    await Promise.all(pending);
  }

  private async kill(victim: WorkerProcess): Promise<void> {
    this.interrupt(victim);
    victim.signal('SIGKILL');
    await victim.exited;
    await this.addWorker();
  }

  /** A zombie: stopped for longer than its lock, then continued among the living. */
  private async stopForAWhile(victim: WorkerProcess): Promise<void> {
    this.interrupt(victim);
    victim.signal('SIGSTOP');
    await sleep(this.options.lockMs * (1.2 + 0.8 * this.random()));
    victim.signal('SIGCONT');
    this.processes.add(victim);
  }

  private interrupt(victim: WorkerProcess): void {
    this.processes.delete(victim);
    const at = Date.now();
    const begun = victim.events.filter(({ event }) => event === 'started');
    const keys = new Set(begun.map(({ businessKey }) => businessKey ?? ''));
    for (const businessKey of keys) this.interruptions.push({ at, businessKey });
  }

  private async restartEngine(): Promise<void> {
    this.options.say('killing the engine');
    this.paused = true;
    await sleep(500);
    const from = Date.now();
    await this.engine.stopProcess('SIGKILL');
    await this.engine.startProcess();
    this.outages.push({ from, to: Date.now() });
    this.paused = false;
    this.options.say(`the engine is back after ${Date.now() - from} ms`);
  }

  private pick(): WorkerProcess | undefined {
    const living = [...this.processes].filter((worker) => worker.running);
    // One stays alive, so that recovery is somebody's.
    return living.length < 2 ? undefined : living[Math.floor(this.random() * living.length)];
  }

  private shuffled<T>(items: T[]): T[] {
    for (let last = items.length - 1; last > 0; last -= 1) {
      const other = Math.floor(this.random() * (last + 1));
      [items[last], items[other]] = [items[other] as T, items[last] as T];
    }
    return items;
  }

  /** The cases that are done, by the engine's history. */
  private async cases(): Promise<Case[]> {
    const path = `/history/process-instance?processDefinitionKey=${this.processKey}&finished=true`;
    const { body } = await callEngine(this.engine.connection, 'GET', path);
    const rows = body as { businessKey: string; startTime: string; endTime: string }[];
    return rows.map((row) => ({
      businessKey: row.businessKey,
      createdAt: Date.parse(row.startTime),
      endedAt: Date.parse(row.endTime),
    }));
  }

  private async figures(): Promise<ChaosFigures> {
    const cases = await this.cases();
    const starts = this.starts();
    const ended = new Map(cases.map(({ businessKey, endedAt }) => [businessKey, endedAt]));
    const interrupted = this.interruptions.filter(({ at, businessKey }) => at < (ended.get(businessKey) ?? Infinity));
    const waits = recoveryTimes(cases, interrupted, starts, this.outages);
    const recovery = (share: number): number => (waits.length === 0 ? 0 : Math.round(quantile(waits, share)));
    const incidents = await callEngine(
      this.engine.connection,
      'GET',
      `/incident/count?processDefinitionKeyIn=${this.processKey}`,
    );
    return {
      cases: this.businessKeys.length,
      casesDone: cases.length,
      incidents: (incidents.body as { count: number }).count,
      effects: await this.count('effect'),
      executions: [...starts.values()].reduce((sum, times) => sum + times.length, 0),
      kills: this.options.kills,
      zombies: this.options.zombies,
      engineRestarts: this.outages.length,
      interruptedTasks: waits.length,
      recoveryP50Ms: recovery(0.5),
      recoveryP99Ms: recovery(0.99),
      recoveryMaxMs: recovery(1),
      attemptsLeft: await this.count('task_attempt'),
    };
  }

  private starts(): Map<string, number[]> {
    const starts = new Map<string, number[]>();
    for (const { event, businessKey, at } of this.everyProcess.flatMap((worker) => worker.events)) {
      if (event === 'started') starts.set(businessKey ?? '', [...(starts.get(businessKey ?? '') ?? []), at]);
    }
    for (const times of starts.values()) times.sort((a, b) => a - b);
    return starts;
  }

  private async count(table: 'effect' | 'task_attempt'): Promise<number> {
    const { rows } = await this.pool.query<{ count: number }>(`select count(*)::int as count from ${table}`);
    return rows[0]?.count ?? 0;
  }
}
