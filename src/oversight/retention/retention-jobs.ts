import { readRetentionOptions } from '../../directory/index.js';
import type { EngineClient } from '../../engine/client.js';
import type { Knex } from '../../kernel/db/database.js';
import type { Job } from '../../kernel/job.js';
import type { Logger } from '../../kernel/log.js';
import { keepHistoryFor } from './engine-memory.js';
import { finishErasures } from './finish-erasures.js';
import { runRetentionDaily } from './retention-run.js';

const everyMs = 30_000;

/** Brings everything to what the options of retention say: the engine, the database, and what was erased in one of them only. */
export function retentionJobs(db: Knex, engine: EngineClient, user: string, log: Logger): Job[] {
  return [
    {
      name: 'set how long the engine remembers',
      everyMs,
      round: async () => {
        const { engineHistoryDays: days } = await readRetentionOptions(db);
        const definitions = await keepHistoryFor(engine, user, days);
        if (definitions > 0) log.info({ definitions, days }, 'the engine remembers what has ended for another time');
      },
    },
    {
      name: 'erase what has been kept for its days',
      everyMs,
      round: async () => {
        const erased = await runRetentionDaily(db);
        if (erased !== null) log.info(erased, 'personal data that had stayed for its days was erased');
      },
    },
    {
      name: 'finish erasures in the engine',
      everyMs,
      round: async () => ((await finishErasures(db, engine, user)) > 0 ? 0 : everyMs),
    },
  ];
}
