import type { Knex } from '../../kernel/db/database.js';
import type { EngineClient } from '../../engine/client.js';
import type { Logger } from '../../kernel/log.js';
import { readRetentionOptions } from '../../directory/index.js';
import { keepHistoryFor } from './engine-memory.js';
import { finishErasures } from './finish-erasures.js';
import { runRetentionDaily } from './retention-run.js';

/** Brings everything to what the options of retention say: database, engine, and what was erased in one of them only. */
export async function sweepRetention(db: Knex, engine: EngineClient, user: string, log: Logger): Promise<void> {
  const { engineHistoryDays } = await readRetentionOptions(db);
  const definitions = await keepHistoryFor(engine, user, engineHistoryDays);
  if (definitions > 0)
    log.info({ definitions, days: engineHistoryDays }, 'the engine remembers what has ended for another time');
  const erased = await runRetentionDaily(db);
  if (erased !== null) log.info(erased, 'personal data that had stayed for its days was erased');
  while ((await finishErasures(db, engine, user)) > 0) continue;
}
