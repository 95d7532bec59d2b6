/**
 * A worker in a process of its own, so that tests can kill and stop it. Its settings come as JSON in argv[2]; it writes
 * one JSON line an event to standard output. The effect of a task is a row in the table `effect`, by business key.
 */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createWorker, done, PgAttemptStore, type Log, type TopicContract } from '../../workers/runtime/index.js';
import type { EngineConnection } from '../../test/support/engine.js';
import { workerHeaders } from './worker-headers.js';

export interface WorkerProgramSettings {
  readonly engine: EngineConnection;
  readonly databaseUrl: string;
  readonly topic: string;
  readonly contract: TopicContract;
  readonly slots: number;
  readonly longPollMs: number;
  /** Milliseconds that a handler takes before its effect, at random between the two. */
  readonly handlerMs: readonly [number, number];
  /** Kill itself in the middle of every task. */
  readonly poison?: boolean;
}

export interface WorkerProgramEvent {
  readonly event: 'ready' | 'started' | 'aborted' | 'effect' | 'log';
  readonly workerId?: string;
  readonly businessKey?: string | null;
  readonly message?: string;
  readonly fields?: object;
}

const settings = JSON.parse(process.argv[2] ?? '{}') as WorkerProgramSettings;
const tell = (event: WorkerProgramEvent): void => void process.stdout.write(`${JSON.stringify(event)}\n`);
const logger = (bindings: object): Log => {
  const line = (fields: object, message: string): void =>
    tell({ event: 'log', message, fields: { ...bindings, ...fields } });
  return { debug: line, info: line, warn: line, error: line, child: (more) => logger({ ...bindings, ...more }) };
};
const log = logger({});

const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: 6 });
pool.on('error', (error) => tell({ event: 'log', message: error.message }));

const worker = createWorker<Record<string, TopicContract>>({
  engineUrl: settings.engine.engineUrl,
  headers: workerHeaders(settings.engine),
  contract: { [settings.topic]: settings.contract },
  handlers: {
    [settings.topic]: async ({ businessKey }, { signal }) => {
      tell({ event: 'started', businessKey });
      if (settings.poison === true) process.kill(process.pid, 'SIGKILL');
      signal.addEventListener('abort', () => tell({ event: 'aborted', businessKey }));
      const [least, most] = settings.handlerMs;
      await sleep(least + Math.random() * (most - least), undefined, { signal });
      await pool.query('insert into effect (business_key) values ($1) on conflict do nothing', [businessKey]);
      tell({ event: 'effect', businessKey });
      return done({});
    },
  },
  attempts: new PgAttemptStore(pool, log),
  slots: settings.slots,
  longPollMs: settings.longPollMs,
  callMs: 3_000,
  log,
});
worker.start();
tell({ event: 'ready', workerId: worker.id });

await once(process, 'SIGTERM');
await worker.stop({ deadlineMs: 8_000 });
await pool.end();
