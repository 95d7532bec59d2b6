/**
 * The stock client of the textbook arm, in a process of its own: for each task one call of the print shop with one card, then
 * `complete`, which is tried again while the engine refuses it. Reports over IPC how many completions have failed so far.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'camunda-external-task-client-js';
import { Pool } from 'undici';
import type { Order } from '../../src/production/backends/http/contract.js';
import { SIGNATURE_HEADER, signRequest, type SigningKey } from '../../src/engine/signing.js';
import { sign } from '../lib/stock-client.js';
import type { StockClient } from '../lib/stock-client.js';
import { textbookTopic } from './textbook-diagram.js';

export interface TextbookSettings {
  readonly engineUrl: string;
  readonly workerSecret: string;
  readonly shop: { readonly url: string; readonly token: string };
  /** Handlers at the same time. */
  readonly atOnce: number;
}

const { engineUrl, workerSecret, shop, atOnce } = JSON.parse(process.argv[2] ?? '') as TextbookSettings;
const bureau = new Pool(shop.url, { connections: atOnce });
const tuned: object = { asyncResponseTimeout: 5_000, interval: 0, maxTasks: 50, maxParallelExecutions: atOnce };
const client = new Client({
  baseUrl: engineUrl,
  workerId: `textbook-${process.pid}`,
  autoPoll: false,
  ...tuned,
}) as StockClient;
const key: SigningKey = { id: 'worker', secret: workerSecret };
sign(client, ({ method, target }) => ({
  [SIGNATURE_HEADER]: signRequest(key, { user: 'card-worker', method, target }),
}));

let failures = 0;

client.subscribe(
  textbookTopic,
  { lockDuration: 120_000, variables: ['loopCounter'] },
  async ({ task, taskService }) => {
    await produce();
    for (let done = false; !done;) {
      try {
        await taskService.complete(task);
        done = true;
      } catch {
        failures += 1;
        await sleep(20);
      }
    }
  },
);
client.start();

/** Hands one card over to the print shop and waits for its answer. */
async function produce(): Promise<void> {
  const cardId = randomUUID();
  const order: Order = {
    ...{
      key: `${cardId}-1`,
      cardId,
      number: 1,
      cardType: 'contractor',
      layout: { name: 'plain', version: 1 },
      photo: null,
      readOuts: [],
      encrypted: null,
    },
    elements: {
      ...{
        name: 'Sample Person',
        givenName: 'Sample',
        familyName: 'Person',
        employeeNumber: 'B-1',
        department: 'Testing',
      },
      ...{ cardTypeName: 'Contractor', cardNumber: cardId.slice(0, 8), validUntil: null },
    },
    delivery: { method: 'collect', address: null },
  };
  const { statusCode, body } = await bureau.request({
    ...{ method: 'POST', path: '/orders', body: JSON.stringify(order) },
    headers: {
      authorization: `Bearer ${shop.token}`,
      'content-type': 'application/json',
      'idempotency-key': order.key,
    },
  });
  const text = await body.text();
  if (statusCode !== 201) throw new Error(`${statusCode} ${text}`);
}

process.on('message', () => process.send?.({ failures }));
// Nobody is left to serve: its parent has ended it, or was killed.
process.once('disconnect', () => process.exit());
process.send?.({ failures });
