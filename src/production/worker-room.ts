import type { Registry } from 'prom-client';
import { secretsKeysOf, type WorkerConfig } from '../kernel/config.js';
import type { Knex } from '../kernel/db/database.js';
import type { Job } from '../kernel/job.js';
import { KeyRing } from '../kernel/key-ring.js';
import type { Logger } from '../kernel/log.js';
import { StoredBackends } from './backend-registry.js';
import type { BackendKind } from './backends/backend-kind.js';
import type { CarrierTimes } from './carrier-types.js';
import { pinLetter } from './letters/pin-letter.js';
import type { OrderLedger } from './order-ledger.js';
import { ProductionCarrier } from './production-carrier.js';
import { CardSecrets } from './secrets/card-secrets.js';
import { LetterSender } from './secrets/letter-sender.js';
import type { SecretGenerator } from './secrets/secret-generator.js';

/** Parts that measurements and tests put in the place of the product's own. */
export interface ProductionParts {
  readonly generator?: SecretGenerator;
  readonly makeLedger?: (db: Knex) => OrderLedger;
  readonly carrierTimes?: Partial<CarrierTimes>;
  readonly backendKinds?: readonly BackendKind[];
}

/**
 * What a worker does for production beside the tasks of the engine: it brings orders and PIN letters to backends.
 * @throws ConfigError without the keys of PINs and PUKs
 */
export function openProductionWork(
  { config, db, log }: { readonly config: WorkerConfig; readonly db: Knex; readonly log: Logger },
  parts: ProductionParts,
): { jobs(worker: { readonly id: string; readonly registry: Registry }): readonly Job[] } {
  const backends = new StoredBackends(db, config.BACKEND_SECRETS_FILE ?? {}, log, parts.backendKinds);
  const secrets = new CardSecrets(new KeyRing(secretsKeysOf(config)), parts.generator);
  return {
    jobs: ({ id, registry }) => [
      new ProductionCarrier({
        db,
        log,
        worker: id,
        backends,
        secrets,
        registry,
        ...(parts.makeLedger === undefined ? {} : { ledger: parts.makeLedger(db) }),
        ...(parts.carrierTimes === undefined ? {} : { times: parts.carrierTimes }),
      }),
      new LetterSender({ db, log, backends, secrets, makeLetter: (letter) => pinLetter(letter) }),
    ],
  };
}
