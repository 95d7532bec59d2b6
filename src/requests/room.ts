import { CommandDispatcher } from '../engine/outbox/command-dispatcher.js';
import { EngineCarrier } from '../engine/outbox/engine-carrier.js';
import type { Face, Host } from '../web/face.js';
import { refuseForbidden } from './request-abort.js';
import { requestChecks } from './request-checks.js';
import { requestPages } from './request-pages.js';
import { requestRoutes } from './request-routes.js';
import { RequestService } from './request-service.js';
import { sweepRequests } from './request-sweep.js';
import { RequestTasks } from './request-tasks.js';

/** Requests for cards. */
export interface Requests extends Face {
  readonly checks: ReturnType<typeof requestChecks>;
  /** The engine's tasks of requests. */
  readonly tasks: RequestTasks;
}

export function openRequests({ config, db, log, engine, system, diagrams }: Host): Requests {
  const tasks = new RequestTasks(db, engine, diagrams, system);
  const requests = new RequestService(db, tasks);
  // The outbox is everybody's; what a refusal of the engine means, only requests know.
  const dispatcher = new CommandDispatcher({
    db,
    log,
    carrier: new EngineCarrier(engine, system),
    onForbidden: (id) => db.transaction((trx) => refuseForbidden(trx, id)),
  });
  return {
    routes: requestRoutes(db, requests),
    pages: requestPages({ db, requests, tasks }),
    checks: requestChecks(db, requests, tasks, new URL(config.PUBLIC_URL).origin),
    jobs: [
      dispatcher,
      {
        name: 'mend requests',
        everyMs: 30_000,
        round: async () => void (await sweepRequests(db, { engine, user: system, log })),
      },
    ],
    tasks,
  };
}
