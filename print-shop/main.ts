import { printShopEnvironment, readConfig } from '../src/kernel/config.js';
import { createLog } from '../src/kernel/log.js';
import { runPart, notifyLauncher } from '../src/kernel/run-part.js';
import { startPrintShop } from './print-shop.js';

const log = createLog('print-shop', process.env['LOG_LEVEL'] ?? 'info');

await runPart(log, 'print shop', async () => {
  const shop = await startPrintShop(readConfig(printShopEnvironment), log);
  notifyLauncher({ type: 'ready' });
  return shop;
});
