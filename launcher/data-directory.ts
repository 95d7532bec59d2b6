import { accessSync, constants, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StartFailure, systemCode } from './start-failure.js';

/** Where an installation keeps what must outlive a start. Everything is below the data directory, for its owner only. */
export interface DataDirectory {
  readonly path: string;
  /** The cluster of the embedded PostgreSQL. */
  readonly postgres: string;
  readonly logs: string;
  /** What is true only while it runs: the lock, process numbers, the address. */
  readonly run: string;
  readonly secrets: string;
  /** The keys that seal PINs and PUKs. */
  readonly secretsKeys: string;
  /** What production backends and we know each other by. */
  readonly backendSecrets: string;
  /** Heads of the sealed audit log, outside the database that they prove. */
  readonly auditAnchors: string;
  /** The keys that sign its blocks. */
  readonly auditKeys: string;
  /** Key and journal of the print shop. */
  readonly printShop: string;
  readonly firstAccounts: string;
}

/** Names the places; creates nothing. */
export function dataDirectory(path: string): DataDirectory {
  const base = resolve(path);
  return {
    path: base,
    postgres: join(base, 'postgres'),
    logs: join(base, 'logs'),
    run: join(base, 'run'),
    secrets: join(base, 'secrets.json'),
    secretsKeys: join(base, 'secrets-keys.txt'),
    backendSecrets: join(base, 'backend-secrets.json'),
    auditAnchors: join(base, 'audit-anchors.jsonl'),
    auditKeys: join(base, 'audit-keys.txt'),
    printShop: join(base, 'print-shop'),
    firstAccounts: join(base, 'first-accounts.json'),
  };
}

/**
 * Creates what is missing.
 * @throws StartFailure when the data directory cannot be used
 */
export function createDataDirectory({ path, logs, run }: DataDirectory): void {
  try {
    for (const folder of [path, logs, run]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      accessSync(folder, constants.W_OK | constants.X_OK);
    }
  } catch (raw) {
    throw new StartFailure(
      `The data directory ${path} cannot be used (${systemCode(raw)}): make it a directory of yours, or set DATA_DIR to another one.`,
      { cause: raw },
    );
  }
}
