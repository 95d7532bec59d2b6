import { z } from 'zod';
import type { Knex } from '../db/database.js';
import { listOf, listPage, listQuery } from '../http/list.js';
import { defineRoute, type Route } from '../http/route.js';
import { listAudit } from './audit-store.js';

const auditSchema = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    actor: z.string(),
    action: z.string(),
    objectType: z.string(),
    objectId: z.string(),
    fromState: z.string().nullable(),
    toState: z.string().nullable(),
    processKey: z.string().nullable(),
    processVersion: z.number().int().nullable(),
    details: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditRow' });

const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** Operations of `/audit`. */
export function auditRoutes(db: Knex): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/audit',
      summary: 'Who did what, newest first',
      tags: ['Audit'],
      roles: ['admin'],
      query: listQuery(z.string().regex(/^\d{1,18}$/), {
        actor: z.string().max(100).optional(),
        action: z.string().max(100).optional(),
        objectType: z.string().max(100).optional(),
        objectId: z.string().max(100).optional(),
        from: time.optional(),
        to: time.optional(),
      }),
      responses: { 200: { description: 'A page of the audit log', schema: listOf(auditSchema) } },
      handler: async ({ query: { limit, cursor, ...filter } }) => {
        const rows = await listAudit(db, filter, limit + 1, cursor);
        return { status: 200, body: listPage(rows, limit, (row) => ({ ...row, at: row.at.toISOString() }), (row) => row.id) };
      },
    }),
  ];
}
