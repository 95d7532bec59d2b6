import { z } from 'zod';
import { cardSchema, getCard } from '../cards/index.js';
import type { Knex } from '../kernel/db/database.js';
import { once } from '../kernel/db/idempotency.js';
import { productionStates } from '../domain/production-states.js';
import { countingNumberText } from '../web/counting-number.js';
import { listOf } from '../web/list.js';
import { defineRoute, jsonBody, type Route } from '../web/route.js';
import { getOrder, listOrders } from './production-reading.js';
import { assertNewest, orderFromApproved, repeatProduction } from './production-service.js';
import { cancelCard, declareSpoilt, requestCancel } from './production-withdrawal.js';

const tags = ['Production'];
const roles = ['producer'] as const;
const card = z.object({ id: z.uuid() });
const production = z.object({ id: z.uuid(), number: countingNumberText.describe('Production number') });
const reasonBody = jsonBody(z.object({ reason: z.string().trim().min(1).max(1_000) }).meta({ id: 'ProductionReason' }));
const time = z.iso.datetime();

/** A production as every operation answers it. */
export const orderSchema = z
  .object({
    number: z.int().describe('Production number: 1 for the first card made'),
    state: z.enum(productionStates).describe('`unknown`: the answer of the backend was lost, and it is being asked'),
    backend: z.string(),
    orderId: z.string().nullable().describe("The backend's own id of the order"),
    evidence: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .describe('What the backend proves of the card, for example its serial number'),
    reason: z.string().nullable().describe('Why it failed or was cancelled; before that, what holds it up'),
    reasonCode: z.string().nullable(),
    orderedBy: z.string(),
    orderedAt: time,
    submittedAt: time.nullable(),
    cancelRequestedBy: z.string().nullable(),
    endedAt: time.nullable(),
    spoilt: z
      .object({ by: z.string(), at: time, reason: z.string() })
      .nullable()
      .describe('The card turned out to be unusable'),
  })
  .meta({ id: 'Production' });

const refusals = [
  'use-case-disabled',
  'direct-issue-off',
  'holder-inactive',
  'self-production',
  'card-type-incomplete',
  'photo-missing',
  'number-range-exhausted',
  'number-range-conflict',
  'order-live',
  'transition-refused',
  'variant-unknown',
  'idempotency-mismatch',
  'not-found',
] as const;
const placed = {
  description: 'Ordered; the card is made once its backend has taken the order',
  schema: orderSchema,
  headers: { Location: 'Address of the productions of the card' },
};

/** Operations about the production of single cards. */
export function productionRoutes(db: Knex): Route[] {
  const answerPlaced = async (cardId: string, number: number) => ({
    status: 202 as const,
    body: await getOrder(db, { cardId, number }),
    headers: { Location: `/api/v1/cards/${cardId}/production` },
  });
  return [
    defineRoute({
      method: 'post',
      path: '/cards/:id/production',
      summary: 'Order the production of an approved card',
      tags,
      roles,
      idempotent: true,
      params: card,
      responses: { 202: placed },
      errors: refusals,
      handler: async ({ params: { id: cardId }, user, idempotencyKey }) => {
        await db.transaction((trx) =>
          once(trx, { account: user.id, key: idempotencyKey, request: ['order-production', cardId] }, async () => {
            await orderFromApproved(trx, { cardId, orderedBy: user.id, runningIn: null });
            return cardId;
          }),
        );
        // An approved card was never produced before.
        return answerPlaced(cardId, 1);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/cards/:id/production',
      summary: 'The productions of a card, newest last',
      tags,
      roles,
      params: card,
      responses: { 200: { description: 'All of them', schema: listOf(orderSchema) } },
      errors: ['not-found'],
      handler: async ({ params: { id } }) => ({ status: 200, body: { items: await listOrders(db, id), next: null } }),
    }),
    defineRoute({
      method: 'post',
      path: '/cards/:id/production/:number/repeat',
      summary: 'Produce a card again whose newest production has failed or was spoilt',
      tags,
      roles,
      idempotent: true,
      params: production,
      responses: { 202: placed },
      errors: refusals,
      handler: async ({ params: { id: cardId, number }, user, idempotencyKey }) => {
        await db.transaction((trx) =>
          once(
            trx,
            { account: user.id, key: idempotencyKey, request: ['repeat-production', cardId, number] },
            async () => {
              await assertNewest(trx, { cardId, number });
              await repeatProduction(trx, { cardId, orderedBy: user.id, runningIn: null });
              return cardId;
            },
          ),
        );
        return answerPlaced(cardId, number + 1);
      },
    }),
    defineRoute({
      method: 'post',
      path: '/cards/:id/production/:number/cancel',
      summary: 'Ask for an ordered card not to be made',
      description:
        'A card that may be at its backend already is cancelled only if the backend says so: look again for what became of it.',
      tags,
      roles,
      params: production,
      body: reasonBody,
      responses: {
        200: { description: 'Cancelled', schema: orderSchema },
        202: { description: 'The backend is asked', schema: orderSchema },
      },
      errors: ['transition-refused', 'not-found'],
      handler: async ({ params: { id: cardId, number }, body: { reason }, user }) => {
        const ended = await db.transaction((trx) => requestCancel(trx, { cardId, number, by: user.id, reason }));
        return { status: ended ? 200 : 202, body: await getOrder(db, { cardId, number }) };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/cards/:id/production/:number/spoilt',
      summary: 'Declare a produced card spoilt, before it is activated',
      tags,
      roles,
      params: production,
      body: reasonBody,
      responses: {
        200: { description: 'On record; the card can be produced again or cancelled', schema: orderSchema },
      },
      errors: ['not-produced', 'transition-refused', 'not-found'],
      handler: async ({ params: { id: cardId, number }, body: { reason }, user }) => {
        await db.transaction((trx) => declareSpoilt(trx, { cardId, number, by: user.id, reason }));
        return { status: 200, body: await getOrder(db, { cardId, number }) };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/cards/:id/cancel',
      summary: 'Withdraw an approved or failed card for good',
      tags,
      roles,
      params: card,
      body: reasonBody,
      responses: { 200: { description: 'The current card', schema: cardSchema } },
      errors: ['order-live', 'transition-refused', 'not-found'],
      handler: async ({ params: { id: cardId }, body: { reason }, user }) => {
        await db.transaction((trx) => cancelCard(trx, { cardId, by: user.id, reason, runningIn: null }));
        return { status: 200, body: await getCard(db, cardId) };
      },
    }),
  ];
}
