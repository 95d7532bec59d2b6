import type { Knex } from '../kernel/db/database.js';
import type { Job } from '../kernel/job.js';
import { forgetWorker, reportWorker, type WorkerState } from './health/worker-store.js';

/**
 * Reports to the server that a worker runs, until it ends. The first report is `begin`: from then on the server counts it.
 * @param id unique to this start of the worker
 */
export function openWorkerReports(
  db: Knex,
  id: string,
  health: () => Omit<WorkerState, 'id'>,
): { begin(): Promise<void>; readonly job: Job } {
  return {
    begin: () => reportWorker(db, { id, ready: true, problems: [] }),
    job: {
      name: 'report that the worker runs',
      everyMs: 5_000,
      round: () => reportWorker(db, { id, ...health() }),
      end: () => forgetWorker(db, id),
    },
  };
}
