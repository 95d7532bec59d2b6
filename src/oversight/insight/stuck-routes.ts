import { z } from 'zod';
import { stuckCauses, type StuckCause } from '../../engine/stuck-store.js';
import { listOf } from '../../web/list.js';
import { defineRoute, type Route } from '../../web/route.js';
import type { StuckProcesses } from './stuck-processes.js';

const kinds = ['card-request', 'batch-order', 'card'] as const;
const causes = Object.keys(stuckCauses) as [StuckCause, ...StuckCause[]];
const common = { tags: ['Insight'], roles: ['admin'] } as const;

const stuckSchema = z
  .object({
    kind: z.enum(kinds),
    id: z.uuid(),
    cause: z.enum(causes).describe(
      Object.entries(stuckCauses)
        .map(([cause, text]) => `\`${cause}\`: ${text}`)
        .join('\n\n'),
    ),
    message: z.string(),
    foundAt: z.iso.datetime(),
  })
  .meta({ id: 'StuckProcess' });

/** Something stuck as the interface answers it. */
export type StuckProcessBody = z.input<typeof stuckSchema>;

/** Operations of `/stuck-processes`, and the adoption of decisions. */
export function stuckRoutes(stuck: StuckProcesses): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/stuck-processes',
      summary: 'What has no process and gets none by itself',
      description:
        'A request can be ended (`/card-requests/{id}/abort`), get another process, or take over the decision that the engine remembers.',
      ...common,
      responses: { 200: { description: 'Usually none; the newest 200', schema: listOf(stuckSchema) } },
      handler: async () => {
        const items = (await stuck.list()).map((each) => ({ ...each, foundAt: each.foundAt.toISOString() }));
        return { status: 200, body: { items, next: null } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/stuck-processes/:kind/:id/start-again',
      summary: 'Start its process again, where it waits as before',
      ...common,
      params: z.object({ kind: z.enum(kinds), id: z.uuid() }),
      responses: { 204: { description: 'It starts within a minute' } },
      errors: ['not-found'],
      handler: async ({ params: { kind, id }, user }) => {
        await stuck.startAgain(kind, id, user.id);
        return { status: 204 };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/card-requests/:id/adopt-decision',
      summary: 'Record the decision about a stuck request that the history of the process engine holds',
      description:
        'In the name of who decided, with the proof that the engine keeps. Requester and card holder may not ask for it.',
      ...common,
      params: z.object({ id: z.uuid() }),
      responses: { 204: { description: 'It is decided' } },
      errors: ['not-found', 'self-approval', 'request-outdated', 'holder-inactive', 'engine-unavailable'],
      handler: async ({ params: { id }, user }) => {
        await stuck.adoptDecision(id, user.id);
        return { status: 204 };
      },
    }),
  ];
}
