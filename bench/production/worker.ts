/**
 * The worker of the production benches. It makes PINs and PUKs that can be recognised, and notes them in the file
 * BENCH_CANARIES; BENCH_MUTANT takes the rule out that a backend is asked before it is called again.
 */
import { appendFileSync } from 'node:fs';
import { readConfig, workerEnvironment } from '../../src/kernel/config.js';
import { createLog } from '../../src/kernel/log.js';
import type { CarrierTimes } from '../../src/production/carrier-types.js';
import { runPart, notifyLauncher } from '../../src/kernel/run-part.js';
import { startWorker } from '../../workers/start-worker.js';
import { CallsAgain } from './calls-again.js';
import { makeCanary } from '../lib/canaries.js';

/** As in the product, only shorter, so that orders of a killed worker are not left alone for most of the run (ms). */
const carrierTimes: Partial<CarrierTimes> = {
  leaseMs: 8_000,
  callMs: 4_000,
  longestDelayMs: 5_000,
  polling: { firstMs: 2_000, longestMs: 10_000 },
};

const { BENCH_CANARIES: file, BENCH_MUTANT: mutant, LOG_LEVEL } = process.env;
const log = createLog('worker', LOG_LEVEL ?? 'info');
const noted = (): string => {
  const canary = makeCanary();
  if (file !== undefined) appendFileSync(file, `${canary}\n`);
  return canary;
};

await runPart(log, 'worker', async () => {
  const worker = await startWorker(readConfig(workerEnvironment), log, {
    carrierTimes,
    generator: { pin: noted, puk: noted },
    ...(mutant === undefined ? {} : { makeLedger: (db) => new CallsAgain(db) }),
  });
  notifyLauncher({ type: 'ready' });
  return worker;
});
