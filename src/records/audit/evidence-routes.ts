import { z } from 'zod';
import type { Knex } from '../../kernel/db/database.js';
import { listOf, listPage, listQuery } from '../../web/list.js';
import { defineRoute, jsonBody, type Route } from '../../web/route.js';
import { acknowledgeAlarm, listAcknowledged, readOpenAlarm, type Alarm } from './alarms/alarm-store.js';
import { readAnchored } from './anchors/anchor.js';
import { auditTags as tags } from './audit-routes.js';
import { AuditVerifier } from './audit-verifier.js';
import { countUnsealed, listBlocks, readKeyUse, readLastVerification } from './evidence-reading.js';
import type { AuditKeeper } from './sealing/audit-keeper.js';
import { findingKinds, type Finding, type FindingKind } from './verification/findings.js';
import { nothingOutside, type Evidence } from './verification/verify-audit.js';

const kinds = Object.keys(findingKinds) as [FindingKind, ...FindingKind[]];
const findingSchema = () =>
  z.object({
    kind: z.enum(kinds).describe(
      Object.entries(findingKinds)
        .map(([kind, text]) => `\`${kind}\`: ${text}`)
        .join('\n\n'),
    ),
    meaning: z.string().describe('What findings of this kind mean'),
    row: z.string().nullable().describe('Id of the row'),
    block: z.string().nullable(),
    object: z.string().nullable().describe('What it is about, where that is no row and no block'),
    message: z.string(),
  });

/** A finding as the interface answers it. */
export type FindingBody = z.input<ReturnType<typeof findingSchema>>;

const blockNumber = (description: string) => z.string().nullable().describe(description);

const placeSchema = () =>
  z.object({
    name: z.string(),
    count: z.int().describe('Anchors that were read'),
    provenTo: blockNumber('The newest block that is as it was anchored there'),
    problem: z.string().nullable().describe('`missing`, or why it could not be read; null where it was read'),
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
        provenTo: blockNumber('The newest block that is as it was anchored'),
        places: z.array(placeSchema()).readonly(),
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
    head: z
      .object({
        block: z.string(),
        hash: z.string().describe('SHA-256, hexadecimal'),
        sealedAt: z.iso.datetime(),
      })
      .nullable(),
    waiting: z.int().describe('Rows and facts that are not sealed yet'),
    lastVerified: z
      .object({
        at: z.iso.datetime(),
        by: z.string(),
        block: blockNumber('The newest block at that time'),
        findings: z.int(),
        places: z.array(placeSchema()).readonly().nullable().describe('Null where no anchors were compared'),
      })
      .nullable()
      .describe('Null while nobody has had the log verified through a server'),
    signingKey: z.string().nullable().describe('Id of the key that signs; null where blocks are not signed'),
    keys: z
      .array(
        z.object({
          id: z.string().nullable().describe('Null stands for blocks that are not signed'),
          known: z.boolean().describe('The server can judge what it has signed'),
          blocks: z.int(),
          first: z.string(),
          last: z.string(),
          since: z.iso.datetime(),
          until: z.iso.datetime(),
        }),
      )
      .describe('What each key has signed, in the order in which they began'),
    publicKeys: z
      .array(z.string())
      .describe('Lines `id:public:base64` of Ed25519 keys, the one that signs first; enough to verify elsewhere'),
    places: z
      .array(
        z.object({
          name: z.string(),
          block: blockNumber('Newest block that was anchored there'),
          anchoredAt: z.iso.datetime().nullable(),
          readable: z.boolean().describe('False for a collector whose file the server cannot read'),
          failing: z.object({ since: z.iso.datetime(), message: z.string() }).nullable(),
        }),
      )
      .describe('Where this server sends anchors'),
  })
  .meta({ id: 'AuditSealing' });

/** How sealing is, as the interface answers it. */
export type AuditSealingBody = z.input<typeof sealingSchema>;

const blockSchema = z
  .object({
    number: z.string(),
    sealedAt: z.iso.datetime(),
    rows: z.int().describe('Rows and facts that it seals'),
    firstId: z.string().describe('Id of the first of them'),
    lastId: z.string().describe('Id of the last of them'),
    keyId: z.string().nullable().describe('The key that signed it; null where it is not signed'),
    hash: z.string().describe('SHA-256, hexadecimal'),
  })
  .meta({ id: 'AuditBlock' });

/** A block as the interface answers it. */
export type AuditBlockBody = z.input<typeof blockSchema>;

export interface EvidenceSetup {
  readonly evidence: Evidence;
  /** Null where nothing is sealed, as in tests of other things. */
  readonly keeper: AuditKeeper | null;
}

/** What proves the log: verifying, sealing, blocks, alarms. */
export function evidenceRoutes(
  db: Knex,
  { evidence, keeper }: EvidenceSetup = { evidence: nothingOutside, keeper: null },
): Route[] {
  const verifier = new AuditVerifier(db, evidence, async (findings) => keeper?.raise(findings));
  return [
    defineRoute({
      method: 'get',
      path: '/audit/verification',
      summary: 'Whether the audit log is as it was sealed',
      description:
        'Looks at every row, block and anchor; about ten seconds for a million rows. That somebody looked is a row of the log.',
      tags,
      roles: ['admin'],
      responses: { 200: { description: 'What was found', schema: verificationSchema } },
      handler: async ({ user }) => {
        const found = await verifier.verify(user.id);
        return { status: 200, body: { ...found, findings: found.findings.map(explained) } };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/audit/sealing',
      summary: 'Whether the audit log is being sealed, what proves it, and where its head is kept',
      tags,
      roles: ['admin'],
      responses: { 200: { description: 'How sealing is', schema: sealingSchema } },
      handler: async () => ({ status: 200, body: await sealingOf(db, { evidence, keeper }) }),
    }),
    defineRoute({
      method: 'get',
      path: '/audit/blocks',
      summary: 'Sealed blocks, newest first',
      tags,
      roles: ['admin'],
      query: listQuery(z.string().regex(/^\d{1,18}$/), {}),
      responses: { 200: { description: 'A page of blocks', schema: listOf(blockSchema) } },
      handler: async ({ query: { limit, cursor } }) => ({
        status: 200,
        body: listPage(
          await listBlocks(db, limit + 1, cursor),
          limit,
          (block) => ({ ...block, sealedAt: block.sealedAt.toISOString() }),
          ({ number }) => number,
        ),
      }),
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

async function sealingOf(db: Knex, { evidence, keeper }: EvidenceSetup): Promise<AuditSealingBody> {
  const [alarm, acknowledged, [newest], waiting, lastVerified, keys, anchored] = await Promise.all([
    readOpenAlarm(db),
    listAcknowledged(db, 10),
    listBlocks(db, 1),
    countUnsealed(db),
    readLastVerification(db),
    readKeyUse(db),
    readAnchored(db),
  ]);
  const anchoredIn = new Map(anchored.map((each) => [each.place, each]));
  return {
    alarm: alarm === null ? null : alarmBody(alarm),
    acknowledged: acknowledged.map((each) => ({
      ...alarmBody(each),
      acknowledgedAt: each.acknowledgedAt.toISOString(),
      acknowledgedBy: each.acknowledgedBy,
      reason: each.reason,
    })),
    head:
      newest === undefined
        ? null
        : { block: newest.number, hash: newest.hash, sealedAt: newest.sealedAt.toISOString() },
    waiting,
    lastVerified: lastVerified === null ? null : { ...lastVerified, at: lastVerified.at.toISOString() },
    signingKey: evidence.keys?.current ?? null,
    keys: keys.map(({ since, until, ...key }) => ({
      ...key,
      known: key.id !== null && evidence.keys?.knows(key.id) === true,
      since: since.toISOString(),
      until: until.toISOString(),
    })),
    publicKeys: evidence.keys?.publicLines ?? [],
    places: (keeper?.state.places ?? []).map(({ name, block, readable, failing }) => ({
      name,
      block: block ?? anchoredIn.get(name)?.block ?? null,
      anchoredAt: anchoredIn.get(name)?.at.toISOString() ?? null,
      readable,
      failing: failing === null ? null : { ...failing, since: failing.since.toISOString() },
    })),
  };
}

function alarmBody({ id, raisedAt, findings, findingCount }: Alarm) {
  return { id, raisedAt: raisedAt.toISOString(), findings: findings.map(explained), findingCount };
}

function explained(finding: Finding): FindingBody {
  return { ...finding, meaning: findingKinds[finding.kind] };
}
