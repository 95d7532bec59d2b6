import type { Registry } from 'prom-client';
import { secretsKeysOf, type WorkerConfig } from '../kernel/config.js';
import type { Knex } from '../kernel/db/database.js';
import { KeyRing } from '../kernel/key-ring.js';
import type { Logger } from '../kernel/log.js';
import { SecurityEvents } from '../kernel/security-events.js';
import { secretsOfWorker } from './keys/held-secrets.js';
import { noteKeys } from './keys/key-notes.js';

/** Puts on record that the key of workers is another one than at the last start, where it is. */
export async function noteWorkerKeys(
  config: WorkerConfig,
  { db, log, metrics }: { readonly db: Knex; readonly log: Logger; readonly metrics: Registry },
): Promise<void> {
  const keys = new KeyRing(secretsKeysOf(config));
  await noteKeys({ db, keys, security: new SecurityEvents({ log, metrics }) }, secretsOfWorker(config));
}
