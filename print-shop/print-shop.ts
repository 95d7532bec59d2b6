import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express from 'express';
import type { PrintShopConfig } from '../src/kernel/config.js';
import { securityHeaders } from '../src/web/security-headers.js';
import type { Logger } from '../src/kernel/log.js';
import { bureauRefusals, bureauRoutes } from './bureau-routes.js';
import { Courier } from './courier.js';
import { Faults } from './faults.js';
import { Intake } from './intake.js';
import { Journal } from './journal.js';
import { Machine } from './machine.js';
import { shopScript } from './script.js';
import { now, ShopLedger } from './shop-ledger.js';
import { shopRoutes } from './shop-routes.js';
import { unsealWith } from './unseal.js';

export interface RunningPrintShop {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts the shop where its journal ends.
 * @throws Error when the journal, the script or the key cannot be used, or the port is taken
 */
export async function startPrintShop(config: PrintShopConfig, log: Logger): Promise<RunningPrintShop> {
  const script = shopScript.parse(config.PRINT_SHOP_SCRIPT ?? {});
  const unseal = await unsealWith(config.PRINT_SHOP_PRIVATE_KEY);
  const { journal, entries } = await Journal.open(join(config.PRINT_SHOP_DATA, 'journal.jsonl'));
  const ledger = new ShopLedger(journal, entries);
  await ledger.record({ type: 'started', at: now() });
  const faults = new Faults(script.faults, `${script.seed}/${ledger.startCount}`);
  const powerCut = () => {
    process.kill(process.pid, 'SIGKILL');
  };

  const { PRINT_SHOP_WEBHOOK_URL: url, PRINT_SHOP_WEBHOOK_KEY: key } = config;
  const courier =
    url === undefined || key === undefined ? null : new Courier({ ledger, faults, log, webhook: { url, key } });
  const machine = new Machine({ ledger, faults, script, log, powerCut, ended: (order) => courier?.report(order) });
  const intake = new Intake({
    ledger,
    faults,
    unseal,
    honoursKeys: script.honoursKeys,
    notify: () => {
      machine.notify();
    },
  });

  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(securityHeaders(false));
  app.use(shopRoutes({ ledger, machine, faults, powerCut }));
  app.use(
    bureauRoutes({ ledger, machine, intake, faults, unseal, token: config.PRINT_SHOP_TOKEN }),
    bureauRefusals(log),
  );
  const server = createServer(app);
  await once(server.listen(config.PRINT_SHOP_PORT, '127.0.0.1'), 'listening');
  machine.start();
  courier?.start();
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  log.info({ url: address, orders: ledger.orders.size, waiting: ledger.queued }, 'the print shop is open');

  return {
    url: address,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await machine.stop();
      await courier?.stop();
      await journal.close();
    },
  };
}
