import { readConfig, workerEnvironment } from '../src/kernel/config.js';
import { createLog } from '../src/kernel/log.js';
import { runPart, notifyLauncher } from '../src/kernel/run-part.js';
import { startWorker } from './start-worker.js';

const log = createLog('worker', process.env['LOG_LEVEL'] ?? 'info');

await runPart(log, 'worker', async () => {
  const worker = await startWorker(readConfig(workerEnvironment), log);
  log.info({ worker: worker.id }, 'ready');
  notifyLauncher({ type: 'ready' });
  return worker;
});
