import type { Records } from '../records/room.js';
import type { Variants } from '../variants/room.js';
import type { Face, Host } from '../web/face.js';
import type { HealthReport } from '../web/health.js';
import { definitionsState, healthReport } from './health/health-report.js';
import { registerWorkMetrics } from './health/metrics.js';
import { cardStoryRoutes } from './insight/card-story-routes.js';
import { incidentRoutes } from './insight/incident-routes.js';
import { insightRoutes } from './insight/insight-routes.js';
import { StuckProcesses } from './insight/stuck-processes.js';
import { stuckRoutes } from './insight/stuck-routes.js';
import { retentionRoutes } from './retention/retention-routes.js';
import { retentionJobs } from './retention/retention-jobs.js';

/** What administrators see of everything: health, insight, retention. */
export interface Oversight extends Face {
  health(): Promise<HealthReport>;
}

export function openOversight(host: Host, records: Records, variants: Variants): Oversight {
  const { config, db, log, engine, diagrams, system } = host;
  const pageOf = (path: string): string => `${new URL(config.PUBLIC_URL).origin}/console${path}`;
  return {
    routes: [
      ...retentionRoutes(db),
      ...insightRoutes(db),
      ...incidentRoutes(db, engine, system),
      ...stuckRoutes(new StuckProcesses({ db, engine, diagrams, system })),
      ...cardStoryRoutes(db, engine, system),
    ],
    jobs: retentionJobs(db, engine, system, log),
    metrics: (metrics) => {
      registerWorkMetrics(metrics, db);
    },
    health: () =>
      healthReport(db, engine, system, {
        mail: { state: () => records.mailHealth(), page: pageOf('/mails') },
        definitions: { state: () => definitionsState(variants.foreignDefinitions()), page: pageOf('/insight') },
        audit: { state: () => records.auditHealth(), page: pageOf('/evidence') },
      }),
  };
}
