import { z } from 'zod';
import type { Knex } from '../db/database.js';
import { listOf } from '../http/list.js';
import { defineRoute, jsonBody, type Route } from '../http/route.js';
import { listOptions, setOption } from './options.js';

const optionSchema = z
  .object({ name: z.string(), value: z.unknown(), default: z.unknown(), help: z.string() })
  .meta({ id: 'Option' });

const list = { description: 'Every option', schema: listOf(optionSchema) };

/** Operations of `/options`. */
export function optionRoutes(db: Knex): Route[] {
  const all = async () => ({ status: 200 as const, body: { items: await listOptions(db), next: null } });
  return [
    defineRoute({
      method: 'get',
      path: '/options',
      summary: 'Options of the installation',
      tags: ['Options'],
      roles: ['admin'],
      responses: { 200: list },
      handler: all,
    }),
    defineRoute({
      method: 'put',
      path: '/options/:name',
      summary: 'Set an option; running work keeps what it was registered with',
      tags: ['Options'],
      roles: ['admin'],
      params: z.object({ name: z.string().max(100) }),
      body: jsonBody(z.object({ value: z.union([z.string(), z.number(), z.boolean(), z.null()]) }).meta({ id: 'OptionValue' })),
      responses: { 200: list },
      errors: ['not-found'],
      handler: async ({ params, body, user }) => {
        await db.transaction((trx) => setOption(trx, user.id, params.name, body.value));
        return all();
      },
    }),
  ];
}
