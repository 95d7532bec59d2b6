import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SIGNATURE_HEADER, signRequest, type SigningKey } from '../../src/engine/signing.js';
import { postgresLogin, startPostgres, type TestPostgres } from './postgres.js';
import { askKeeper, jestWorker } from './ask-keeper.js';
import { eventually } from './eventually.js';
import { freePort } from '../../launcher/ports.js';

/** All that another process needs to talk to a test engine and to the PostgreSQL server under it. */
export interface EngineConnection {
  /** Address with path, for example `http://127.0.0.1:41234/engine-rest`. */
  readonly engineUrl: string;
  readonly door: SigningKey;
  readonly worker: SigningKey;
  /** Connection string of the PostgreSQL server's default database; tests create their own next to it. */
  readonly postgresUrl: string;
  /** Connection string of the engine's own database. */
  readonly databaseUrl: string;
}

/** An engine in which the server has been started once, and a template of the database that this start has left. */
export interface Installation {
  readonly connection: EngineConnection;
  readonly cardsTemplate?: string;
}

/** An engine that something talks to until it is given back. */
export interface BorrowedEngine extends Installation {
  returned(): Promise<void>;
}

/** What measurements set otherwise than tests do. */
export interface EngineOptions {
  /** Settings of the PostgreSQL server under it. */
  readonly postgres?: Readonly<Record<string, string>>;
  readonly jvmOptions?: readonly string[];
  /** Read at each start of the process. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A real engine on a real PostgreSQL. */
export interface TestEngine {
  readonly connection: EngineConnection;
  /** Id of the engine's process. */
  processId(): number;
  /** Ends the engine's process the hard way, or lets it shut down; PostgreSQL stays. */
  stopProcess(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Starts the engine's process again on the same address and database, and waits until it answers. */
  startProcess(): Promise<void>;
  stop(): Promise<void>;
}

let lent: Promise<EngineConnection> | undefined;

/**
 * The engine of this test file, which nothing has been done in before: its database was copied from a template. The next file
 * gets the same process with a new copy, so one that would end the process starts an engine of its own.
 */
export function lentEngine(): Promise<EngineConnection> {
  lent ??= askKeeper(`engine?worker=${jestWorker()}`);
  return lent;
}

/**
 * As `lentEngine`, with what the server's first start has left in it: accounts, rights, the shipped diagrams. The server talks
 * to it until it is stopped: without `returned` the next file gets another engine.
 */
export async function borrowInstallation(): Promise<BorrowedEngine> {
  const installation = await askKeeper<Installation>(`installation?worker=${jestWorker()}`);
  return {
    ...installation,
    returned: async () => {
      await askKeeper(`returned?worker=${jestWorker()}`);
    },
  };
}

/** Starts an engine that a test may stop and restart as it likes; takes about ten seconds. */
export async function startEngine(options: EngineOptions = {}): Promise<TestEngine> {
  const postgres = await startPostgres(options.postgres);
  try {
    const engine = await startEngineOn(postgres, 'engine', options);
    const stop = async () => {
      await engine.stop();
      await postgres.stop();
    };
    return { ...engine, stop };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

/** Starts an engine in a new database of a server that runs. */
export async function startEngineOn(
  postgres: TestPostgres,
  database: string,
  options: EngineOptions = {},
): Promise<TestEngine> {
  const jar = findJar();
  await postgres.createDatabase(database);
  const port = await freePort();
  const secret = () => randomBytes(32).toString('hex');
  const connection: EngineConnection = {
    engineUrl: `http://127.0.0.1:${port}/engine-rest`,
    door: { id: 'door', secret: secret() },
    worker: { id: 'worker', secret: secret() },
    postgresUrl: postgres.url(),
    databaseUrl: postgres.url(database),
  };
  const environment = {
    ...process.env,
    SERVER_PORT: String(port),
    ENGINE_JDBC_URL: `jdbc:postgresql://127.0.0.1:${new URL(connection.postgresUrl).port}/${database}`,
    ENGINE_DB_USER: postgresLogin.user,
    ENGINE_DB_PASSWORD: postgresLogin.password,
    DOOR_SECRET: connection.door.secret,
    WORKER_SECRET: connection.worker.secret,
  };

  let java: ChildProcess | undefined;
  const startProcess = async () => {
    const env = { ...environment, ...options.environment };
    java = await startJava([...(options.jvmOptions ?? quickStart), '-jar', jar], env, connection);
  };
  const stopProcess = async (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM') => {
    if (java !== undefined) await end(java, signal);
    java = undefined;
  };
  await startProcess();
  return {
    connection,
    processId: () => {
      if (java?.pid === undefined) throw new Error('The engine does not run.');
      return java.pid;
    },
    startProcess,
    stopProcess,
    stop: () => stopProcess('SIGKILL'),
  };
}

/** One call as the engine's administrator, signed by the door; answers status and parsed body. */
export async function callEngine(
  { engineUrl, door }: EngineConnection,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<{ status: number; body: unknown }> {
  const url = new URL(engineUrl + path);
  const signature = signRequest(door, { user: 'card-server', method, target: url.pathname + url.search });
  const form = body instanceof FormData;
  const response = await fetch(url, {
    method,
    headers: {
      [SIGNATURE_HEADER]: signature,
      ...(body === undefined || form ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = response.headers.get('content-type')?.startsWith('application/json') === true;
  return { status: response.status, body: json ? JSON.parse(text) : text };
}

function findJar(): string {
  const chosen = process.env['TEST_ENGINE_JAR'];
  if (chosen !== undefined) return chosen;
  const target = fileURLToPath(new URL('../../engine/target/', import.meta.url));
  const jars = listDirectory(target).filter((name) => name.endsWith('.jar'));
  if (jars.length !== 1) {
    throw new Error(
      `${jars.length} jars in engine/target instead of one: build the engine host as engine/README.md says.`,
    );
  }
  return `${target}${jars[0]}`;
}

function listDirectory(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** The first compiler only: a test engine lives for minutes, and the machine has other things to do. */
const quickStart = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

async function startJava(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  connection: EngineConnection,
): Promise<ChildProcess> {
  const java = spawn('java', args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const log: string[] = [];
  for (const stream of [java.stdout, java.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      log.push(chunk.toString());
      if (log.length > 200) log.shift();
    });
  }
  const killWithUs = () => java.kill('SIGKILL');
  process.once('exit', killWithUs);
  java.once('exit', () => process.off('exit', killWithUs));
  try {
    await eventually('the engine answers or has ended', 120_000, async () => {
      return java.exitCode !== null || (await callEngine(connection, 'GET', '/version')).status === 200;
    });
    if (java.exitCode !== null) throw new Error(`It ended with exit code ${java.exitCode}.`);
  } catch (cause) {
    await end(java, 'SIGKILL');
    throw new Error(`The engine did not start.\n${log.join('').slice(-4_000)}`, { cause });
  }
  return java;
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
