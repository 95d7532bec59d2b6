import { z } from 'zod';
import type { Knex } from '../kernel/db/database.js';
import { cardStates } from '../domain/card-states.js';
import { listOf, listPage, listQuery } from '../web/list.js';
import { defineRoute, type Route } from '../web/route.js';
import { getCard, listCards } from './card-reading.js';

const tags = ['Cards'];
const position = z.object({ createdAt: z.iso.datetime(), id: z.uuid() });

/** A card as every operation answers it. */
export const cardSchema = z
  .object({
    id: z.uuid(),
    state: z.enum(cardStates),
    number: z.string().nullable().describe('Given when production is ordered'),
    holder: z.object({ id: z.uuid(), employeeNumber: z.string(), name: z.string() }),
    cardType: z.object({ id: z.string(), name: z.string() }),
    requestId: z.uuid().nullable(),
    createdAt: z.iso.datetime(),
    changedAt: z.iso.datetime(),
  })
  .meta({ id: 'Card' });

export type CardBody = z.input<typeof cardSchema>;

/** Operations of `/cards`. */
export function cardRoutes(db: Knex): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/cards',
      summary: 'List cards, newest first',
      tags,
      roles: ['operator', 'approver', 'producer', 'admin'],
      query: listQuery(position, {
        state: z.enum(cardStates).optional(),
        holder: z.uuid().optional(),
        cardType: z.string().min(1).max(100).optional().describe('Id of the card type'),
        q: z
          .string()
          .min(1)
          .max(320)
          .optional()
          .describe(
            'A card number in full, or words that the card holder is found by: names, employee number, UPN or e-mail',
          ),
      }),
      responses: { 200: { description: 'A page of cards', schema: listOf(cardSchema) } },
      handler: async ({ query: { state, holder, cardType, q, limit, cursor } }) => {
        const rows = await listCards(
          db,
          { states: state && [state], holderId: holder, cardType, search: q },
          limit + 1,
          cursor,
        );
        return {
          status: 200,
          body: listPage(
            rows,
            limit,
            (row) => row.details,
            (row) => row.position,
          ),
        };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/cards/:id',
      summary: 'One card',
      tags,
      roles: ['operator', 'approver', 'producer', 'admin'],
      params: z.object({ id: z.uuid() }),
      responses: { 200: { description: 'The card', schema: cardSchema } },
      errors: ['not-found'],
      handler: async ({ params: { id } }) => ({ status: 200, body: await getCard(db, id) }),
    }),
  ];
}
