import { z } from 'zod';
import { listOf } from '../../web/list.js';
import { defineRoute, type Route } from '../../web/route.js';
import type { PendingChange, PendingChanges } from './pending-changes.js';

const schema = z
  .object({
    id: z.string(),
    what: z.string().describe('What it would change, as a sentence'),
    requestedBy: z.string(),
    requestedAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    outcome: z.enum(['confirmed', 'rejected', 'expired']).nullable().describe('Null while it waits'),
    settledBy: z.string().nullable(),
    settledAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'PendingChange' });

/** A change that waits for a second administrator, as the interface answers it. */
export type PendingChangeBody = z.input<typeof schema>;

const shared = { tags: ['Changes to confirm'], roles: ['admin'] } as const;
const params = z.object({ id: z.string().regex(/^[1-9]\d{0,17}$/, 'must be the number of a change') });

/** Operations of `/pending-changes`. */
export function pendingChangeRoutes(changes: PendingChanges): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/pending-changes',
      summary: 'Changes that wait for a second administrator, and those settled last',
      ...shared,
      responses: { 200: { description: 'Those that wait first', schema: listOf(schema) } },
      handler: async () => ({ status: 200, body: { items: (await changes.list()).map(toBody), next: null } }),
    }),
    defineRoute({
      method: 'post',
      path: '/pending-changes/:id/confirm',
      summary: 'Confirm a change of another administrator; it is made in their name',
      description: 'What prevents it now is answered as its operation would answer it; the change then keeps waiting.',
      ...shared,
      params,
      responses: { 204: { description: 'It is made' } },
      errors: ['not-found', 'change-settled', 'stale'],
      handler: async ({ params: { id }, user, requestId, caller }) => {
        await changes.confirm(user, id, { requestId, caller });
        return { status: 204 };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/pending-changes/:id/reject',
      summary: 'Take a change off the list; also your own',
      ...shared,
      params,
      responses: { 204: { description: 'It will not be made' } },
      errors: ['not-found', 'change-settled'],
      handler: async ({ params: { id }, user }) => {
        await changes.reject(user, id);
        return { status: 204 };
      },
    }),
  ];
}

function toBody({ requestedAt, expiresAt, settledAt, ...change }: PendingChange): PendingChangeBody {
  return {
    ...change,
    requestedAt: requestedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    settledAt: settledAt?.toISOString() ?? null,
  };
}
