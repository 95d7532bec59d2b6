import { z } from 'zod';
import type { Knex } from '../../kernel/db/database.js';
import { listOf, listPage, listQuery } from '../../web/list.js';
import { moment } from '../../web/moment.js';
import { defineRoute, type Route } from '../../web/route.js';
import { auditCsv } from './audit-csv.js';
import { listAudit } from './audit-store.js';

/** In the description of the interface. */
export const auditTags = ['Audit'];

/** A row of the log as every operation answers it. */
export const auditSchema = z
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

/** A row of the log as the interface answers it. */
export type AuditRowBody = z.input<typeof auditSchema>;

const filters = {
  actor: z.string().max(100).optional(),
  action: z.string().max(100).optional(),
  objectType: z.string().max(100).optional(),
  objectId: z.string().max(100).optional(),
  from: moment.optional().describe('From this moment on'),
  to: moment.optional().describe('Before this moment'),
};

/** Reading the log. */
export function auditRoutes(db: Knex): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/audit',
      summary: 'Who did what, newest first',
      tags: auditTags,
      roles: ['admin'],
      query: listQuery(z.string().regex(/^\d{1,18}$/), filters),
      responses: { 200: { description: 'A page of the audit log', schema: listOf(auditSchema) } },
      handler: async ({ query: { limit, cursor, ...filter } }) => {
        const rows = await listAudit(db, filter, limit + 1, cursor);
        return {
          status: 200,
          body: listPage(
            rows,
            limit,
            (row) => ({ ...row, at: row.at.toISOString() }),
            (row) => row.id,
          ),
        };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/audit.csv',
      summary: 'Who did what, oldest first, as CSV',
      description: 'What a spreadsheet would take for a formula begins with an apostrophe.',
      tags: auditTags,
      roles: ['admin'],
      query: z.object(filters),
      responses: {
        200: {
          description: 'Every row that matches',
          contentType: 'text/csv',
          headers: { 'Content-Disposition': 'A name for the file' },
        },
      },
      handler: async ({ query }) => ({
        status: 200,
        body: auditCsv(db, query),
        headers: { 'Content-Disposition': 'attachment; filename="audit.csv"', 'Cache-Control': 'private, no-store' },
      }),
    }),
  ];
}
