import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { identify, isAlive, processId } from './processes.js';
import { StartFailure, systemCode } from './start-failure.js';

const lockOwner = processId.extend({ url: z.string() });
type LockOwner = z.infer<typeof lockOwner>;

/** Held by the one launcher that may use a data directory. */
export interface Lock {
  release(): void;
}

/**
 * Takes the lock of a data directory. The lock of a process that has gone, however it went, is taken over.
 * @param run the directory that holds the lock
 * @param url where this installation will answer, shown to the second start
 * @throws StartFailure naming the process that holds it
 */
export function acquireLock(run: string, dataDirectory: string, url: string): Lock {
  const self = identify(process.pid);
  if (self === null) throw new Error('this process cannot be identified');
  const path = join(run, 'lock.json');
  const mine: LockOwner = { ...self, url };
  const draft = join(run, `lock.${process.pid}.new`);
  writeFileSync(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    if (!linked(draft, path)) {
      const owner = readOwner(path);
      if (owner !== null && isAlive(owner)) throw alreadyRunning(dataDirectory, owner);
      removeStale(path, owner);
      if (!linked(draft, path)) throw alreadyRunning(dataDirectory, readOwner(path));
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return {
    release: () => {
      if (readOwner(path)?.startedAt === mine.startedAt) rmSync(path, { force: true });
    },
  };
}

/** A hard link either makes the complete lock file or fails because there is one: no half-written lock is ever seen. */
function linked(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (raw) {
    if (systemCode(raw) === 'EEXIST') return false;
    throw raw;
  }
}

/** Two starts may both find the same stale lock; a start that moves away a lock that was not the stale one puts it back. */
function removeStale(path: string, stale: LockOwner | null): void {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
  } catch (raw) {
    if (systemCode(raw) === 'ENOENT') return;
    throw raw;
  }
  const moved = readOwner(aside);
  if (moved !== null && moved.startedAt !== stale?.startedAt) linked(aside, path);
  rmSync(aside, { force: true });
}

function readOwner(path: string): LockOwner | null {
  try {
    return lockOwner.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

function alreadyRunning(dataDirectory: string, owner: LockOwner | null): StartFailure {
  const who = owner === null ? 'another start' : `process ${owner.pid}, at ${owner.url}`;
  return new StartFailure(
    `The data directory ${dataDirectory} is in use by ${who}: stop that one first, or set DATA_DIR and PORT to others.`,
  );
}
