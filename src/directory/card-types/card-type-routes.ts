import { z } from 'zod';
import type { Knex } from '../../kernel/db/database.js';
import { chosenId } from '../../web/chosen-id.js';
import { assertMatch, etagOfContent } from '../../web/etag.js';
import { listOf, listPage, listQuery, namePart } from '../../web/list.js';
import { defineRoute, jsonBody, type Route } from '../../web/route.js';
import { addCardType, changeCardType } from './card-type-service.js';
import { getCardType, listCardTypes, type CardType } from './card-type-store.js';

const tags = ['Card types'];
const position = z.object({ position: z.int(), id: z.string() });
const params = z.object({ id: z.string().max(100) });
const reference = z.string().min(1).max(100).nullable();

const content = {
  name: z.string().trim().min(1).max(100).describe('Printed on the card, where its layout shows it'),
  photoRequired: z.boolean(),
  chip: z.boolean().describe('Has a chip, and so a PIN and a PUK'),
  validityMonths: z.int().min(1).max(240).nullable().describe('From the first order on; null for no end'),
  layout: reference.describe('Id of a layout; without it no card can be produced'),
  numberRange: reference.describe('Id of a number range; without it no card can be produced'),
  backend: reference.describe('Id of a card production backend; without it no card can be produced'),
  separateProducer: z.boolean().describe('An approver may not produce what they approved'),
  position: z.int().min(0).max(10_000).describe('Place among the others where people choose'),
};
const contentSchema = z.object(content).meta({ id: 'CardTypeContent' });
const newSchema = z.object({ id: chosenId, ...content }).meta({ id: 'NewCardType' });
const cardTypeSchema = z.object({ id: z.string(), ...content }).meta({ id: 'CardType' });

/** A card type as the interface answers it. */
export type CardTypeBody = z.input<typeof cardTypeSchema>;

const one = { description: 'The card type', schema: cardTypeSchema, headers: { ETag: 'For If-Match' } };
const unknown = ['layout-unknown', 'number-range-unknown', 'backend-unknown'] as const;

/** Operations of `/card-types`. */
export function cardTypeRoutes(db: Knex): Route[] {
  const answer = async (typeId: string) => {
    const type = await getCardType(db, typeId);
    return { headers: { ETag: etagOfContent(type) }, body: type };
  };
  return [
    defineRoute({
      method: 'get',
      path: '/card-types',
      summary: 'List card types',
      tags,
      query: listQuery(position, { q: namePart }),
      responses: { 200: { description: 'A page of card types', schema: listOf(cardTypeSchema) } },
      handler: async ({ query: { limit, cursor, q } }) => {
        const rows = await listCardTypes(db, limit + 1, cursor, q);
        return {
          status: 200,
          body: listPage(
            rows,
            limit,
            (row: CardType) => row,
            (row) => ({ position: row.position, id: row.id }),
          ),
        };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/card-types',
      summary: 'Add a card type',
      tags,
      roles: ['admin'],
      body: jsonBody(newSchema),
      responses: {
        201: { ...one, description: 'Added', headers: { ...one.headers, Location: 'Address of the card type' } },
      },
      errors: ['exists-already', ...unknown],
      handler: async ({ body, user }) => {
        await db.transaction((trx) => addCardType(trx, user.id, body));
        const { headers, body: type } = await answer(body.id);
        return { status: 201, headers: { ...headers, Location: `/api/v1/card-types/${body.id}` }, body: type };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/card-types/:id',
      summary: 'One card type',
      tags,
      params,
      responses: { 200: one },
      errors: ['card-type-unknown'],
      handler: async ({ params: { id: typeId } }) => ({ status: 200, ...(await answer(typeId)) }),
    }),
    defineRoute({
      method: 'put',
      path: '/card-types/:id',
      summary: 'Change a card type; cards that are approved keep what they were approved with',
      tags,
      roles: ['admin'],
      conditional: true,
      params,
      body: jsonBody(contentSchema),
      responses: { 200: one },
      errors: ['card-type-unknown', 'stale', ...unknown],
      handler: async ({ params: { id: typeId }, body, user, ifMatch }) => {
        await db.transaction((trx) =>
          changeCardType(trx, user.id, { id: typeId, ...body }, (before) => {
            assertMatch(ifMatch, etagOfContent(before));
          }),
        );
        return { status: 200, ...(await answer(typeId)) };
      },
    }),
  ];
}
