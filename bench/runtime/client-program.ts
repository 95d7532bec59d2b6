/** One client in a process of its own, so that its CPU can be measured; messages over IPC begin and end it. */
import pg from 'pg';
import { openDatabase } from '../../src/kernel/db/database.js';
import { EngineClient } from '../../src/engine/client.js';
import type { EngineConnection } from '../../test/support/engine.js';
import { clients, type ClientName, type RunningClient } from './clients.js';

export interface ClientSettings {
  readonly name: ClientName;
  readonly connection: EngineConnection;
  readonly cardsUrl: string;
}

export type ClientOrder = 'begin' | 'end' | 'quit';

/** The business keys whose handlers began, with the time (ms since 1970). */
export interface ClientAnswer {
  readonly starts: readonly (readonly [string, number])[];
}

const { name, connection, cardsUrl } = JSON.parse(process.argv[2] ?? '') as ClientSettings;
const db = openDatabase(cardsUrl, 12);
const attempts = new pg.Pool({ connectionString: cardsUrl, max: 2, idleTimeoutMillis: 0 });
const engine = new EngineClient(new URL(connection.engineUrl).origin, connection.worker);
let starts: [string, number][] = [];
let running: RunningClient | null = null;

const carryOut = async (order: ClientOrder): Promise<void> => {
  if (order === 'begin') {
    starts = [];
    running = clients[name]({
      connection,
      db,
      engine,
      attempts,
      onStart: (key) => starts.push([key ?? '', Date.now()]),
    });
    return;
  }
  await running?.stop();
  running = null;
  if (order === 'end') return;
  await Promise.all([db.destroy(), attempts.end(), engine.close()]);
  process.disconnect();
};

process.on('message', (order: ClientOrder) => {
  void carryOut(order).then(() => process.connected && process.send?.({ starts } satisfies ClientAnswer));
});
// Nobody is left to serve, whether it quit or its parent was killed.
process.once('disconnect', () => process.exit());
process.send?.({ starts: [] } satisfies ClientAnswer);
