import { z } from 'zod';
import type { BackendSecrets } from '../../../config.js';
import type { Knex } from '../../../db/database.js';
import { ProductError } from '../../../errors.js';
import { fieldErrors, invalidRequest } from '../../../http/problem.js';
import { defineSignedRoute, type Route } from '../../../http/route.js';
import type { Logger } from '../../../log.js';
import { applyResult } from '../../production-results.js';
import type { ProductionResult } from '../../production-types.js';
import { result, type Result } from './contract.js';
import { verifyWebhook, webhookHeaders } from './webhook-signature.js';

/** A result with its evidence has a few hundred bytes. */
const limitBytes = 65_536;

export interface WebhookDeps {
  readonly db: Knex;
  readonly log: Logger;
  /** Of every backend: `webhookKey` signs what it calls us with. */
  readonly secrets: BackendSecrets;
}

/** Where print bureaus tell what became of orders. */
export function webhookRoutes({ db, log, secrets }: WebhookDeps): Route[] {
  return [
    defineSignedRoute({
      method: 'post',
      path: '/production/webhooks/:backend',
      summary: 'What became of a production order',
      description:
        'For print bureaus. The body is a `Result` of the contract with print bureaus. Each event is applied once, in any order and however ' +
        'often it is sent; every answer but 2xx asks for it to be sent again later.',
      tags: ['Production'],
      signature: {
        description: 'Signed by the print bureau as Standard Webhooks says, with the key of its backend; valid for five minutes.',
        headers: {
          [webhookHeaders.id]: 'Id of the event, the same each time it is sent',
          [webhookHeaders.timestamp]: 'Unix time in seconds',
          [webhookHeaders.signature]: '`v1,` and the base64 of HMAC-SHA256 over id, time and body, joined by dots',
        },
      },
      params: z.object({ backend: z.string() }),
      body: { kind: 'binary', contentTypes: ['application/json'], limitBytes },
      responses: { 204: { description: 'Acknowledged: do not send it again' } },
      errors: ['not-found', 'signature-refused'],
      handler: async ({ params: { backend }, body, header }) => {
        if ((await db('backend').where({ id: backend, kind: 'http' }).first('id')) === undefined) {
          throw new ProductError('not-found', 'There is no such backend.');
        }
        const key = secrets[backend]?.['webhookKey'];
        if (key === undefined) {
          log.warn({ backend }, 'a webhook came, and BACKEND_SECRETS_FILE has no webhookKey for its backend');
          throw new ProductError('signature-refused', 'No key is set for this backend, so no signature can be right.');
        }
        const news = readResult(body, verifyWebhook(header, body, key));
        const effect = await db.transaction((trx) => applyResult(trx, toProductionResult(backend, news)));
        if (effect === 'not-ordered') log.warn({ backend, order: news.order.key }, 'a print bureau told of an order that was not placed with it');
        return { status: 204 };
      },
    }),
  ];
}

/** @throws ProductError `invalid-request` */
function readResult(body: Buffer, eventId: string): Result {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new ProductError('invalid-request', 'The body is not JSON.', {}, { cause });
  }
  const parsed = result.safeParse(json);
  if (!parsed.success) throw invalidRequest(fieldErrors('body', parsed.error));
  if (parsed.data.eventId !== eventId) throw invalidRequest([{ field: 'eventId', message: `is not that of the header ${webhookHeaders.id}` }]);
  return parsed.data;
}

function toProductionResult(backend: string, { eventId, order: { key, ...told } }: Result): ProductionResult {
  const split = key.lastIndexOf('-');
  return { backend, eventId, report: { cardId: key.slice(0, split), number: Number(key.slice(split + 1)), ...told } };
}
