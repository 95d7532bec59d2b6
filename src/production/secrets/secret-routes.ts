import { z } from 'zod';
import type { Knex } from '../../kernel/db/database.js';
import { productionStates } from '../../domain/production-states.js';
import { deliveryWays } from '../../domain/secret-delivery.js';
import { countingNumber, countingNumberText } from '../../web/counting-number.js';
import { listOf, listPage, listQuery } from '../../web/list.js';
import { defineRoute, type Route } from '../../web/route.js';
import type { KeyRing } from '../../kernel/key-ring.js';
import { rotateSecrets } from './secret-rotation.js';
import { deliverAgain, listUndelivered } from './undelivered.js';

const tags = ['PINs and PUKs'];
const roles = ['admin'] as const;
const delivery = z.enum(deliveryWays).optional();

const undeliveredSchema = z
  .object({
    cardId: z.uuid(),
    number: z.int().describe('Production number'),
    cardNumber: z.string().nullable(),
    holder: z.string(),
    deliveries: z.object({ pin: delivery, puk: delivery }).describe('What is there, and how it is to be delivered'),
    production: z.enum(productionStates).describe('Delivery begins once it is `produced`'),
    lastError: z.string().nullable(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'UndeliveredSecrets' });

const rotationSchema = z
  .object({
    currentKey: z.string(),
    resealed: z.int(),
    unneededKeys: z.array(z.string()).describe('Nothing is sealed with them any more: they can be removed'),
    unreadable: z
      .array(z.object({ key: z.string(), secrets: z.int() }))
      .describe('Sealed with keys that this server does not have'),
  })
  .meta({ id: 'SecretsRotation' });

/** Operations of `/secrets`: about PINs and PUKs, none of which is ever shown. */
export function secretRoutes(db: Knex, keys: KeyRing): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/secrets',
      summary: 'PINs and PUKs that have not reached their card holders: which, never what they are',
      tags,
      roles,
      query: listQuery(z.object({ cardId: z.uuid(), number: countingNumber }), {}),
      responses: { 200: { description: 'A page of them', schema: listOf(undeliveredSchema) } },
      handler: async ({ query: { limit, cursor } }) => {
        const rows = await listUndelivered(db, limit + 1, cursor);
        const toBody = ({ createdAt, ...row }: (typeof rows)[number]) => ({
          ...row,
          deliveries: { ...row.deliveries },
          createdAt: createdAt.toISOString(),
        });
        return { status: 200, body: listPage(rows, limit, toBody, ({ cardId, number }) => ({ cardId, number })) };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/secrets/:cardId/:number/deliver',
      summary: 'Deliver once more what has not arrived, the way the options say now',
      tags,
      roles,
      params: z.object({ cardId: z.uuid(), number: countingNumberText }),
      responses: { 204: { description: 'Under way, or erased where the options say none' } },
      errors: ['not-found', 'nothing-to-deliver'],
      handler: async ({ params, user }) => {
        await db.transaction((trx) => deliverAgain(trx, user.id, params));
        return { status: 204 };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/secrets/rotate',
      summary: 'Seal everything with the current key',
      tags,
      roles,
      responses: { 200: { description: 'What was done', schema: rotationSchema } },
      errors: ['secret-unreadable'],
      handler: async ({ user }) => {
        const { unneededKeys, unreadable, ...done } = await rotateSecrets(db, keys, user.id);
        return { status: 200, body: { ...done, unneededKeys: [...unneededKeys], unreadable: [...unreadable] } };
      },
    }),
  ];
}
