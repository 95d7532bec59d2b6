import { z } from 'zod';
import type { Knex } from '../db/database.js';
import { useCaseIds } from '../process/contract/index.js';
import { assertMatch, etagOf } from '../http/etag.js';
import { listOf } from '../http/list.js';
import { defineRoute, jsonBody, type Route } from '../http/route.js';
import { changeUseCase, getUseCase, listUseCases, type UseCaseView } from './use-case-service.js';

const useCaseSchema = z
  .object({
    id: z.enum(useCaseIds),
    name: z.string(),
    enabled: z.boolean(),
    variant: z.string().nullable().describe('The chosen variant; null until one was chosen'),
    version: z.number().int().nullable().describe('The released version of the chosen variant'),
    revision: z.number().int(),
    variants: z.array(
      z.object({
        id: z.string(),
        processDefinitionKey: z.string(),
        name: z.string(),
        version: z.number().int().describe('The newest version'),
      }),
    ),
  })
  .meta({ id: 'UseCase' });

const changeSchema = z
  .object({
    enabled: z.boolean(),
    variant: z.string().max(100).optional().describe('Without it, the variant chosen before is kept'),
    version: z.number().int().min(1).optional().describe('Releases this version; without it, a variant in use keeps its version'),
  })
  .meta({ id: 'UseCaseChange' });

const params = z.object({ id: z.string().max(100) });
const one = { description: 'The use case', schema: useCaseSchema, headers: { ETag: 'Revision, for If-Match' } };

/**
 * Operations of `/use-cases`.
 * @param applied brings the engine to the new state; called after the change is committed
 */
export function useCaseRoutes(db: Knex, applied: () => Promise<void>): Route[] {
  const answer = (view: UseCaseView) => ({
    status: 200 as const,
    headers: { ETag: etagOf(view.revision) },
    body: { ...view, variants: [...view.variants] },
  });
  return [
    defineRoute({
      method: 'get',
      path: '/use-cases',
      summary: 'Use cases and the variants to choose from',
      tags: ['Use cases'],
      responses: { 200: { description: 'Every use case', schema: listOf(useCaseSchema) } },
      handler: async () => {
        const items = (await listUseCases(db)).map((view) => ({ ...view, variants: [...view.variants] }));
        return { status: 200, body: { items, next: null } };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/use-cases/:id',
      summary: 'One use case',
      tags: ['Use cases'],
      params,
      responses: { 200: one },
      errors: ['not-found'],
      handler: async ({ params: { id } }) => answer(await getUseCase(db, id)),
    }),
    defineRoute({
      method: 'put',
      path: '/use-cases/:id',
      summary: 'Enable or disable a use case, choose its variant, release a version',
      tags: ['Use cases'],
      roles: ['admin'],
      conditional: true,
      params,
      body: jsonBody(changeSchema),
      responses: { 200: one },
      errors: ['not-found', 'stale', 'last-use-case', 'variant-unknown'],
      handler: async ({ params: { id }, body, user, ifMatch }) => {
        await db.transaction(async (trx) => {
          await changeUseCase(trx, user.id, id, body, (revision) => assertMatch(ifMatch, etagOf(revision)));
        });
        await applied();
        return answer(await getUseCase(db, id));
      },
    }),
  ];
}
