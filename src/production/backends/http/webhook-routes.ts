import { z } from 'zod';
import { ProductError } from '../../../kernel/errors.js';
import { fieldErrors, invalidRequest } from '../../../web/problem.js';
import { defineSignedRoute, type Route } from '../../../web/route.js';
import { orderKeyText } from '../backend.js';
import type { KindRoutesDeps } from '../backend-kind.js';
import { applyResults, type BackendResult } from '../../production-results.js';
import { inOneOrSingly } from '../../in-one-or-singly.js';
import { result, resultList, type Result } from './contract.js';
import { verifyWebhook, webhookHeaders } from './webhook-signature.js';

/** A result with its evidence has a few hundred bytes; a list has up to 500 of them. */
const limitBytes = 1_000_000;

/** Where print bureaus report the outcome of orders. */
export function webhookRoutes(deps: KindRoutesDeps): Route[] {
  const { db, log, secrets } = deps;
  return [
    defineSignedRoute({
      method: 'post',
      path: '/production/webhooks/:backend',
      summary: 'What became of production orders',
      description:
        'For print bureaus. The body is a `Result` or a `ResultList` of the contract with print bureaus. Each event is applied once, in any order and however ' +
        'often it is sent; every answer but 2xx asks for it to be sent again later.',
      tags: ['Production'],
      signature: {
        description:
          'Signed by the print bureau as Standard Webhooks says, with the key of its backend; valid for five minutes.',
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
        for (const set of oneOfEachOrder(readResults(body, verifyWebhook(header, body, key))))
          await applySet(deps, backend, set);
        return { status: 204 };
      },
    }),
  ];
}

/** Results that come together are applied together; one that cannot be must not hold up the others. */
async function applySet({ db, log }: KindRoutesDeps, backend: string, set: readonly BackendResult[]): Promise<void> {
  const apply = async (some: readonly BackendResult[]): Promise<void> => {
    const effects = await db.transaction((trx) => applyResults(trx, backend, some));
    some.forEach(({ report }, index) => {
      if (effects[index] === 'not-ordered')
        log.warn(
          { backend, order: orderKeyText(report) },
          'a print bureau reported an order that was not placed with it',
        );
    });
  };
  await inOneOrSingly(set, apply, (raw) => {
    log.warn(
      { err: raw, backend, results: set.length },
      'results could not be applied together; they are applied one by one',
    );
  });
}

/** The results in their order, in sets with at most one result of each order. */
function oneOfEachOrder(news: readonly Result[]): BackendResult[][] {
  let set = new Map<string, BackendResult>();
  const sets = [set];
  for (const each of news) {
    const { key } = each.order;
    if (set.has(key)) {
      set = new Map();
      sets.push(set);
    }
    set.set(key, backendResultOf(each));
  }
  return sets.map((each) => [...each.values()]);
}

/** @throws ProductError `invalid-request` */
function readResults(body: Buffer, eventId: string): readonly Result[] {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new ProductError('invalid-request', 'The body is not JSON.', {}, { cause });
  }
  const many = typeof json === 'object' && json !== null && 'results' in json;
  const parsed = (many ? resultList : result).safeParse(json);
  if (!parsed.success) throw invalidRequest(fieldErrors('body', parsed.error));
  if (parsed.data.eventId !== eventId)
    throw invalidRequest([{ field: 'eventId', message: `is not that of the header ${webhookHeaders.id}` }]);
  return 'results' in parsed.data ? parsed.data.results : [parsed.data];
}

function backendResultOf({ eventId, order: { key, ...outcome } }: Result): BackendResult {
  const split = key.lastIndexOf('-');
  return { eventId, report: { cardId: key.slice(0, split), number: Number(key.slice(split + 1)), ...outcome } };
}
