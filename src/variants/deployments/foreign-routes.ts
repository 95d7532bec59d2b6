import { z } from 'zod';
import { listOf } from '../../web/list.js';
import { defineRoute, type Route } from '../../web/route.js';
import type { ForeignDefinitions } from './foreign-definitions.js';

const definitionSchema = z
  .object({
    definitionId: z.string(),
    kind: z.enum(['process', 'decision']).describe('A process, or a decision table (DMN)'),
    key: z.string(),
    version: z.number().int(),
    deploymentId: z.string(),
  })
  .meta({ id: 'ForeignDefinition' });

/** A foreign definition as the interface answers it. */
export type ForeignDefinitionBody = z.input<typeof definitionSchema>;

const params = z.object({ definitionId: z.string().min(1).max(200) });
const common = { tags: ['Processes'], roles: ['admin'] } as const;

/** Operations of `/foreign-definitions`. */
export function foreignDefinitionRoutes(foreign: ForeignDefinitions): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/foreign-definitions',
      summary: 'Definitions of the process engine that never passed the deploy gate',
      description: 'Nobody should be able to make one. Remove it, or adopt it where the rules take it.',
      ...common,
      responses: { 200: { description: 'Usually none', schema: listOf(definitionSchema) } },
      errors: ['engine-unavailable'],
      handler: async () => {
        const items = (await foreign.list()).map(({ processKey, ...rest }) => ({
          key: processKey,
          ...rest,
        }));
        return { status: 200, body: { items, next: null } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/foreign-definitions/:definitionId/adopt',
      summary: 'Put a foreign definition on record, if the gate would have taken it',
      ...common,
      params,
      responses: { 204: { description: 'It is a version like any other' } },
      errors: ['not-found', 'models-refused', 'engine-unavailable'],
      handler: async ({ params: { definitionId }, user }) => {
        await foreign.adopt(definitionId, user.id);
        return { status: 204 };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/foreign-definitions/:definitionId',
      summary: 'Remove a foreign definition from the process engine, with its running instances',
      ...common,
      params,
      responses: { 204: { description: 'It is gone' } },
      errors: ['not-found', 'engine-unavailable'],
      handler: async ({ params: { definitionId }, user }) => {
        await foreign.remove(definitionId, user.id);
        return { status: 204 };
      },
    }),
  ];
}
