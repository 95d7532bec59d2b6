import { z } from 'zod';
import type { Knex } from '../../kernel/db/database.js';
import { listOf, listPage, listQuery } from '../../web/list.js';
import { defineRoute, type Route } from '../../web/route.js';
import { auditCsv } from './audit-csv.js';
import { listAudit } from './audit-store.js';
import { AuditVerifier } from './audit-verifier.js';
import { findingKinds, type FindingKind } from './verification/findings.js';

const tags = ['Audit'];

/** A row of the log as every operation tells it. */
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

const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const filters = {
  actor: z.string().max(100).optional(),
  action: z.string().max(100).optional(),
  objectType: z.string().max(100).optional(),
  objectId: z.string().max(100).optional(),
  from: time.optional().describe('From this moment on'),
  to: time.optional().describe('Before this moment'),
};

const kinds = Object.keys(findingKinds) as [FindingKind, ...FindingKind[]];
const verificationSchema = z
  .object({
    intact: z.boolean().describe('True when nothing was found'),
    blocks: z.int(),
    rows: z.int().describe('Sealed rows that were looked at'),
    head: z.object({ block: z.string(), hash: z.string().describe('SHA-256, hexadecimal') }).nullable(),
    unsealed: z
      .object({ rows: z.int(), oldestAt: z.iso.datetime().nullable() })
      .describe('The end of the log that is not sealed yet'),
    anchors: z
      .object({
        count: z.int(),
        provenTo: z.string().nullable().describe('The newest block that is as it was anchored'),
      })
      .nullable()
      .describe('Null where the server keeps no anchors'),
    findings: z
      .array(
        z.object({
          kind: z.enum(kinds).describe(
            Object.entries(findingKinds)
              .map(([kind, text]) => `\`${kind}\`: ${text}`)
              .join('\n\n'),
          ),
          row: z.string().nullable().describe('Id of the row'),
          block: z.string().nullable(),
          message: z.string(),
        }),
      )
      .readonly()
      .describe('The first 1,000'),
    findingCount: z.int(),
  })
  .meta({ id: 'AuditVerification' });

/** What was found, as the interface answers it. */
export type AuditVerificationBody = z.input<typeof verificationSchema>;

/**
 * Operations of `/audit`.
 * @param anchorFile where this server keeps the heads of the sealed log
 */
export function auditRoutes(db: Knex, anchorFile?: string): Route[] {
  const verifier = new AuditVerifier(db, anchorFile);
  return [
    defineRoute({
      method: 'get',
      path: '/audit',
      summary: 'Who did what, newest first',
      tags,
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
      tags,
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
    defineRoute({
      method: 'get',
      path: '/audit/verification',
      summary: 'Whether the audit log is as it was sealed',
      description: 'Looks at every row, block and anchor; about ten seconds for a million rows.',
      tags,
      roles: ['admin'],
      responses: { 200: { description: 'What was found', schema: verificationSchema } },
      handler: async () => ({ status: 200, body: await verifier.verify() }),
    }),
  ];
}
