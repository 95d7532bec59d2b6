import { secretsKeysOf, type WorkerConfig } from '../kernel/config.js';
import type { Knex } from '../kernel/db/database.js';
import { KeyRing } from '../kernel/key-ring.js';
import type { Logger } from '../kernel/log.js';
import { SecurityEvents } from '../kernel/security-events.js';
import { secretsOfWorker } from './keys/held-secrets.js';
import { noteKeys } from './keys/key-notes.js';

/** Puts on record whether the key of workers is another one than at the last start. */
export async function noteWorkerKeys(config: WorkerConfig, db: Knex, log: Logger): Promise<void> {
  const keys = new KeyRing(secretsKeysOf(config));
  await noteKeys({ db, keys, security: new SecurityEvents({ log }) }, secretsOfWorker(config));
}
