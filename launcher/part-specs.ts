import { join } from 'node:path';
import { ADMIN, clusterStop, endClusterStrays, openCluster, serverArguments } from './cluster.js';
import { jdbcAddress, tryConnect } from './databases.js';
import { engineJar } from './engine-build.js';
import type { Java } from './java.js';
import { engineNotice, ownNotice, postgresNotice } from './notices.js';
import type { PartSpec } from './part-types.js';
import type { PostgresProgram } from './postgres-program.js';

/** Both are asked at the same time, before anything they need is stopped. */
const ownStop: PartSpec['stop'] = [
  ['SIGTERM', 3_000],
  ['SIGKILL', 500],
];
const engineStop: PartSpec['stop'] = [
  ['SIGTERM', 2_500],
  ['SIGKILL', 500],
];

/** Address of a database of the embedded cluster. */
export function embeddedUrl(user: string, password: string, port: number, database: string): string {
  return `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
}

/** The embedded PostgreSQL: on 127.0.0.1 only, with a password. */
export function postgresPart(directory: string, program: PostgresProgram, port: number, password: string): PartSpec {
  const handle = openCluster(directory, program);
  const address = embeddedUrl(ADMIN, password, port, ADMIN);
  return {
    name: 'postgres',
    title: 'PostgreSQL',
    command: program.postgres,
    args: serverArguments(handle, port),
    cwd: '/',
    env: { LC_ALL: 'C', TZ: 'UTC' },
    account: program.account,
    descriptor: handle.descriptor,
    ready: async () => (await tryConnect(address)) === null,
    readyWithinMs: 60_000,
    stop: clusterStop,
    notice: postgresNotice,
    before: () => endClusterStrays(directory),
    cure: `restore ${directory} with its secrets.json from a backup, or move the data directory away to begin anew`,
  };
}

export interface EngineSettings {
  readonly root: string;
  readonly java: Java;
  readonly port: number;
  readonly databaseUrl: string;
  /** IANA name of the zone that dates and cycles of diagrams are in. */
  readonly timeZone: string;
  readonly doorSecret: string;
  readonly workerSecret: string;
}

/**
 * For a heap below one gigabyte on two cores the serial collector costs least, most of all while starting. Out of
 * memory a virtual machine limps on; ended, it is started again.
 */
export const jvmOptions = [
  '-Xms128m',
  '-Xmx768m',
  '-XX:+UseSerialGC',
  '-XX:+ExitOnOutOfMemoryError',
  '-Djava.awt.headless=true',
];

/** The engine host, on 127.0.0.1 only. */
export function enginePart(settings: EngineSettings, base: NodeJS.ProcessEnv): PartSpec {
  const { root, java, port, databaseUrl, timeZone, doorSecret, workerSecret } = settings;
  const jdbc = jdbcAddress(databaseUrl);
  return {
    name: 'engine',
    title: 'The process engine',
    command: java.command,
    args: [...jvmOptions, '-jar', join(root, engineJar)],
    cwd: root,
    env: {
      ...base,
      SERVER_ADDRESS: '127.0.0.1',
      SERVER_PORT: String(port),
      ENGINE_JDBC_URL: jdbc.url,
      ENGINE_DB_USER: jdbc.user,
      ENGINE_DB_PASSWORD: jdbc.password,
      TIME_ZONE: timeZone,
      DOOR_SECRET: doorSecret,
      WORKER_SECRET: workerSecret,
    },
    ready: () => answers(`http://127.0.0.1:${port}/health`),
    readyWithinMs: 120_000,
    stop: engineStop,
    notice: engineNotice,
    cure: 'correct what it names and start again',
  };
}

const ownPrograms = {
  server: join('dist', 'src', 'main.js'),
  worker: join('dist', 'workers', 'main.js'),
  'print-shop': join('dist', 'print-shop', 'main.js'),
} as const;
export type OwnPartName = keyof typeof ownPrograms;

/** What Node runs, where it is not our compiled program. */
export type OwnPrograms = Partial<Readonly<Record<OwnPartName, readonly string[]>>>;

/** Server, worker and print shop: compiled programs of ours that report over IPC. */
export function ownPart(
  name: OwnPartName,
  root: string,
  env: NodeJS.ProcessEnv,
  program: readonly string[] = [join(root, ownPrograms[name])],
): PartSpec {
  return {
    name,
    title: `The ${name.replace('-', ' ')}`,
    command: process.execPath,
    args: ['--enable-source-maps', ...program],
    cwd: root,
    env,
    ready: 'message',
    readyWithinMs: 120_000,
    stop: ownStop,
    notice: ownNotice,
    cure: 'correct what it names and start again',
  };
}

/** True when a GET is answered with 2xx within two seconds. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
