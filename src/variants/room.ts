import type { Request, RequestHandler } from 'express';
import { readUnits } from '../engine/deployment.js';
import { reconcileUseCases } from '../engine/reconcile.js';
import { exclusively } from '../kernel/db/database.js';
import type { Face, Host } from '../web/face.js';
import type { SignedInUser } from '../web/signed-in-user.js';
import { adoptDefinitions } from './deployments/adopt-definitions.js';
import { deploymentRoutes } from './deployments/deployment-routes.js';
import { DeploymentService } from './deployments/deployment-service.js';
import { ForeignDefinitions, type ForeignDefinition } from './deployments/foreign-definitions.js';
import { foreignDefinitionRoutes } from './deployments/foreign-routes.js';
import { modelerGate } from './deployments/modeler-gate.js';
import { processRoutes } from './deployments/process-routes.js';
import { ProcessService } from './deployments/process-service.js';
import { deployShipped } from './deployments/shipped.js';
import { changeUseCase } from './use-cases/use-case-changes.js';
import { useCasePreviewRoutes } from './use-cases/use-case-preview-routes.js';
import { useCaseRoutes } from './use-cases/use-case-routes.js';
import { listUseCases, nothingEnabledHint, type UseCaseView } from './use-cases/use-case-service.js';
import { ensureUseCases, readUseCases } from './use-cases/use-case-store.js';

/** How often engine and database are compared (ms). */
const everyMs = 30_000;

/** Use cases, the variants chosen for them, and the processes they come from. */
export interface Variants extends Face {
  readonly nothingEnabledHint: string;
  /** Definitions of the engine that never passed the gate, as the last look found them. */
  foreignDefinitions(): readonly ForeignDefinition[];
  useCases(): Promise<UseCaseView[]>;
  /** Enables a use case in a variant, as an administrator on the machine of the installation. */
  enable(useCase: string, variant: string, actor: string): Promise<void>;
  /** What Camunda Modeler reaches. */
  gate(authenticate: (request: Request) => Promise<SignedInUser>): RequestHandler;
}

export function openVariants(host: Host): Variants {
  const { db, log, engine, system, files, shipped } = host;
  const deployments = new DeploymentService({ db, engine, system, files, log });
  const foreign = new ForeignDefinitions({ db, engine, system, files, deployments, log });
  const processes = new ProcessService({ db, engine, system, files });
  const reconcile = async () => {
    const changed = await exclusively(db, 'reconciling', async () => {
      const enabled = (await readUseCases(db)).filter((useCase) => useCase.enabled).map((useCase) => useCase.id);
      return reconcileUseCases(engine, system, new Set(enabled));
    });
    if (changed.length > 0) log.info({ changed }, 'who may start these processes was changed');
  };
  const adopt = async () => {
    const adopted = await adoptDefinitions({ db, engine, system, files, log });
    if (adopted.length > 0) log.warn({ adopted }, 'deployments were put on record that had been left without');
  };
  // In this order: what a lost answer has left is on record before anything counts as foreign.
  const compareDefinitions = async () => {
    try {
      await adopt();
    } finally {
      await foreign.look();
    }
  };
  return {
    routes: [
      ...useCaseRoutes(db, reconcile),
      ...useCasePreviewRoutes(db, processes),
      ...deploymentRoutes(deployments),
      ...foreignDefinitionRoutes(foreign),
      ...processRoutes(processes, deployments),
    ],
    jobs: [
      { name: 'grant what is enabled', everyMs, round: reconcile },
      { name: 'put deployments on record', everyMs, round: compareDefinitions },
      { name: 'put migrations on record', everyMs, round: () => processes.settleMigrations() },
    ],
    prepare: async (progress) => {
      progress('Deploying diagrams and forms');
      await ensureUseCases(db);
      await adopt();
      for (const { processKey, version, deployedBy } of await deployShipped(host, await readUnits(shipped))) {
        log.warn(
          `version ${version} of ${processKey}, by ${deployedBy}, stays: deploy bpmn/${processKey}.bpmn to use this release's`,
        );
      }
      await reconcile();
    },
    nothingEnabledHint,
    foreignDefinitions: () => foreign.last,
    useCases: () => listUseCases(db),
    enable: async (useCase, variant, actor) => {
      await db.transaction((trx) => changeUseCase(trx, useCase, { enabled: true, variant }, { actor }));
      await reconcile();
    },
    gate: (authenticate) => modelerGate({ engine, deployments }, authenticate),
  };
}
