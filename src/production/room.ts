import type { SealedPart, SealedReference } from '../records/mail/mail-types.js';
import type { Face, Host } from '../web/face.js';
import { StoredBackends } from './backend-registry.js';
import { backendRoutes } from './backends/administration/backend-routes.js';
import type { BackendKind } from './backends/backend-kind.js';
import { backendKinds } from './backends/kinds.js';
import { cardPages } from './issuing/card-pages.js';
import { issuingChecks } from './issuing/issuing-checks.js';
import { registerProductionMetrics } from './production-metrics.js';
import { productionRoutes } from './production-routes.js';
import { sweepProductions } from './production-sweep.js';
import { CardSecrets } from './secrets/card-secrets.js';
import { openSealedPart } from './secrets/secret-mail.js';
import { secretRoutes } from './secrets/secret-routes.js';

/** Making cards: orders, backends, PINs and PUKs. */
export interface Production extends Face {
  readonly checks: ReturnType<typeof issuingChecks>;
  /** Opens what a mail carries sealed; null when it is not there any more. @throws ProductError `secret-unreadable` */
  openSealed(part: SealedReference): Promise<SealedPart | null>;
}

export function openProduction(
  { config, db, log, engine, system, keyRing, security }: Host,
  kinds: readonly BackendKind[] = backendKinds,
): Production {
  const secrets = config.BACKEND_SECRETS_FILE ?? {};
  const registry = new StoredBackends(db, secrets, log, kinds);
  const cardSecrets = new CardSecrets(keyRing);
  return {
    routes: [
      ...secretRoutes(db, keyRing),
      ...productionRoutes(db),
      ...backendRoutes({ db, kinds, secrets, registry, log, security }),
      ...kinds.flatMap(({ routes }) => routes?.({ db, log, secrets }) ?? []),
    ],
    pages: cardPages(db),
    checks: issuingChecks(db),
    jobs: [
      {
        name: 'mend production orders',
        everyMs: 30_000,
        round: async () => void (await sweepProductions(db, { engine, user: system, log })),
      },
    ],
    metrics: (metrics) => {
      registerProductionMetrics(metrics, db);
    },
    openSealed: (part) => openSealedPart(db, cardSecrets, part),
  };
}
