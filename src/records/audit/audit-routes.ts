import { z } from 'zod';
import type { Knex } from '../../kernel/db/database.js';
import { listOf, listPage, listQuery } from '../../web/list.js';
import { moment } from '../../web/moment.js';
import { defineRoute, jsonBody, type Route } from '../../web/route.js';
import { auditCsv } from './audit-csv.js';
import { listAudit } from './audit-store.js';
import { acknowledgeAlarm, listAcknowledged, readOpenAlarm } from './alarms/alarm-store.js';
import { readAnchored } from './anchors/anchor.js';
import { AuditVerifier } from './audit-verifier.js';
import type { AuditKeeper } from './sealing/audit-keeper.js';
import { readHead } from './sealing/audit-sealer.js';
import { findingKinds, type FindingKind } from './verification/findings.js';
import { nothingOutside, type Evidence } from './verification/verify-audit.js';

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

const filters = {
  actor: z.string().max(100).optional(),
  action: z.string().max(100).optional(),
  objectType: z.string().max(100).optional(),
  objectId: z.string().max(100).optional(),
  from: moment.optional().describe('From this moment on'),
  to: moment.optional().describe('Before this moment'),
};

const kinds = Object.keys(findingKinds) as [FindingKind, ...FindingKind[]];
const findingSchema = () =>
  z.object({
    kind: z.enum(kinds).describe(
      Object.entries(findingKinds)
        .map(([kind, text]) => `\`${kind}\`: ${text}`)
        .join('\n\n'),
    ),
    row: z.string().nullable().describe('Id of the row'),
    block: z.string().nullable(),
    object: z.string().nullable().describe('What it is about, where that is no row and no block'),
    message: z.string(),
  });

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
    signed: z.int().nullable().describe('Blocks that are signed; null where the server knows no keys'),
    findings: z.array(findingSchema()).readonly().describe('The first 1,000'),
    findingCount: z.int(),
  })
  .meta({ id: 'AuditVerification' });

/** What was found, as the interface answers it. */
export type AuditVerificationBody = z.input<typeof verificationSchema>;

const headSchema = z.object({ block: z.string(), hash: z.string().describe('SHA-256, hexadecimal') }).nullable();

const alarmFields = {
  id: z.string(),
  raisedAt: z.iso.datetime(),
  findings: z.array(findingSchema()).readonly(),
  findingCount: z.int(),
};

const sealingSchema = z
  .object({
    alarm: z
      .object(alarmFields)
      .nullable()
      .describe('Until it is acknowledged, nothing is sealed and nothing anchored'),
    acknowledged: z
      .array(
        z.object({
          ...alarmFields,
          acknowledgedAt: z.iso.datetime(),
          acknowledgedBy: z.string(),
          reason: z.string(),
        }),
      )
      .describe('The newest ten'),
    head: headSchema,
    publicKeys: z
      .array(z.string())
      .describe('Lines `id:public:base64` of Ed25519 keys, the one that signs first; enough to verify elsewhere'),
    places: z
      .array(
        z.object({
          name: z.string(),
          block: z.string().nullable().describe('Newest block that was anchored there'),
          failing: z.object({ since: z.iso.datetime(), message: z.string() }).nullable(),
        }),
      )
      .describe('Where this server sends anchors'),
  })
  .meta({ id: 'AuditSealing' });

/** How sealing is, as the interface answers it. */
export type AuditSealingBody = z.input<typeof sealingSchema>;

export interface AuditSetup {
  readonly evidence: Evidence;
  /** Null where nothing is sealed, as in tests of other things. */
  readonly keeper: AuditKeeper | null;
}

/** Operations of `/audit`. */
export function auditRoutes(
  db: Knex,
  { evidence, keeper }: AuditSetup = { evidence: nothingOutside, keeper: null },
): Route[] {
  const verifier = new AuditVerifier(db, evidence, async (findings) => keeper?.raise(findings));
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
    defineRoute({
      method: 'get',
      path: '/audit/sealing',
      summary: 'Whether the audit log is being sealed, and where its head is kept',
      tags,
      roles: ['admin'],
      responses: { 200: { description: 'How sealing is', schema: sealingSchema } },
      handler: async () => {
        const [alarm, acknowledged, head, anchored] = await Promise.all([
          readOpenAlarm(db),
          listAcknowledged(db, 10),
          readHead(db),
          readAnchored(db),
        ]);
        const blocks = new Map(anchored.map(({ place, block }) => [place, block]));
        return {
          status: 200,
          body: {
            alarm: alarm === null ? null : { ...alarm, raisedAt: alarm.raisedAt.toISOString() },
            acknowledged: acknowledged.map((each) => ({
              ...each,
              raisedAt: each.raisedAt.toISOString(),
              acknowledgedAt: each.acknowledgedAt.toISOString(),
            })),
            head,
            publicKeys: evidence.keys?.publicLines ?? [],
            places: (keeper?.state.places ?? []).map(({ name, block, failing }) => ({
              name,
              block: block ?? blocks.get(name) ?? null,
              failing: failing === null ? null : { ...failing, since: failing.since.toISOString() },
            })),
          },
        };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/audit/alarms/:id/acknowledgement',
      summary: 'Acknowledge an alarm, so that the audit log is sealed again',
      description: 'Nothing is mended by it: what was found stays found, but does not raise an alarm again.',
      tags,
      roles: ['admin'],
      params: z.object({ id: z.string().regex(/^\d{1,18}$/) }),
      body: jsonBody(
        z.object({ reason: z.string().trim().min(1).max(1_000).describe('What was found out, and done') }),
      ),
      responses: { 204: { description: 'Acknowledged' } },
      errors: ['not-found'],
      handler: async ({ params: { id }, body: { reason }, user }) => {
        await db.transaction((trx) => acknowledgeAlarm(trx, id, user.id, reason));
        await keeper?.acknowledged(user.id, id);
        return { status: 204 };
      },
    }),
  ];
}
