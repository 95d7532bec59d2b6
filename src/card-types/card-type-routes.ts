import { z } from 'zod';
import type { Knex } from '../db/database.js';
import { listOf, listPage, listQuery } from '../http/list.js';
import { defineRoute, type Route } from '../http/route.js';
import { listCardTypes } from './card-type-store.js';

const position = z.object({ position: z.int(), id: z.string() });

const cardTypeSchema = z.object({ id: z.string(), name: z.string(), photoRequired: z.boolean() }).meta({ id: 'CardType' });

/** Operations of `/card-types`. */
export function cardTypeRoutes(db: Knex): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/card-types',
      summary: 'List card types',
      tags: ['Card types'],
      query: listQuery(position, {}),
      responses: { 200: { description: 'A page of card types', schema: listOf(cardTypeSchema) } },
      handler: async ({ query: { limit, cursor } }) => {
        const rows = await listCardTypes(db, limit + 1, cursor);
        const toBody = ({ id, name, photoRequired }: (typeof rows)[number]) => ({ id, name, photoRequired });
        return { status: 200, body: listPage(rows, limit, toBody, (row) => ({ position: row.position, id: row.id })) };
      },
    }),
  ];
}
