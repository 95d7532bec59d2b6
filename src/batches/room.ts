import type { Requests } from '../requests/room.js';
import type { Face, Host } from '../web/face.js';
import { batchChecks } from './batch-checks.js';
import { batchRoutes } from './batch-routes.js';
import { sweepBatches } from './batch-sweep.js';
import { BatchTasks } from './batch-tasks.js';
import { notifyAgain } from './lost-messages.js';
import { batchPages } from './pages/batch-pages.js';
import { requestBatchChecks } from './requesting/request-batch-checks.js';

/** Ordering and requesting many cards together. */
export interface Batches extends Face {
  readonly checks: ReturnType<typeof batchChecks> & ReturnType<typeof requestBatchChecks>;
}

export function openBatches({ db, log, engine, system }: Host, requests: Requests): Batches {
  return {
    routes: batchRoutes(db, requests.tasks),
    pages: batchPages({ db, tasks: new BatchTasks(engine, system), requestTasks: requests.tasks }),
    checks: { ...batchChecks(db), ...requestBatchChecks(db, requests.tasks) },
    jobs: [
      {
        name: 'mend batch orders',
        everyMs: 30_000,
        round: async () => void (await sweepBatches(db, { engine, user: system, log })),
      },
      {
        name: 'repeat lost messages to batch orders',
        everyMs: 30_000,
        round: async () => {
          const batches = await notifyAgain(db, engine, system);
          if (batches.length > 0)
            log.warn(
              { batches },
              'processes of batch orders waited for an event that had happened; its message was sent again',
            );
        },
      },
    ],
  };
}
