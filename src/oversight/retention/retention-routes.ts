import { z } from 'zod';
import type { Knex } from '../../kernel/db/database.js';
import { defineRoute, jsonBody, type Route } from '../../web/route.js';
import { readRetentionOptions } from '../../directory/index.js';
import { eraseHolder } from './holder-erasure.js';
import { lastRetentionRun, previewRetention, runRetention } from './retention-run.js';

const tags = ['Retention'];
const roles = ['admin'] as const;
const days = z.int().nullable();

const counts = {
  requests: z.int().describe('Requests'),
  cards: z.int().describe('Cards'),
  photos: z.int().describe('Photos that nothing refers to any more'),
};

const retentionSchema = z
  .object({
    days: z
      .object({ requests: days, cards: days, engineHistory: z.int() })
      .describe('From the options; null: kept without end'),
    due: z.object(counts).describe('What the next run erases'),
    unfinished: z.int().describe('Erased objects that processes in the engine still show, or may show'),
    lastRun: z
      .object({ ...counts, actor: z.string(), startedAt: z.iso.datetime(), endedAt: z.iso.datetime().nullable() })
      .nullable(),
  })
  .meta({ id: 'Retention' });

export type RetentionBody = z.input<typeof retentionSchema>;

const runSchema = z.object({ ...counts, dryRun: z.boolean() }).meta({ id: 'RetentionRun' });
const erasureSchema = z.object({ requests: z.int(), cards: z.int() }).meta({ id: 'HolderErasure' });

/** Operations about how long personal data stays, and about erasing it. */
export function retentionRoutes(db: Knex): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/retention',
      summary: 'How long personal data stays, and what is due to be erased',
      tags,
      roles,
      responses: { 200: { description: 'The current settings', schema: retentionSchema } },
      handler: async () => ({ status: 200, body: await readRetention(db) }),
    }),
    defineRoute({
      method: 'post',
      path: '/retention/runs',
      summary: 'Erase what is due, without waiting for the daily run',
      description: 'Requests and cards stay as ids, states and times. It cannot be taken back.',
      tags,
      roles,
      query: z.object({
        dryRun: z.enum(['true', 'false']).default('false').describe('Only report what would be erased'),
      }),
      responses: { 200: { description: 'What was erased, or would be', schema: runSchema } },
      handler: async ({ query, user }) => {
        const dryRun = query.dryRun === 'true';
        const erased = dryRun ? await previewRetention(db) : await runRetention(db, user.id);
        return { status: 200, body: { ...erased, dryRun } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/holders/:id/erase',
      summary: 'Erase the personal data of a card holder for good',
      description:
        'Name, e-mail, UPN, employee number, photos, what was approved and printed, reasons, mails and the history of processes. ' +
        'Ids, states, times and the sealed audit log stay. The process engine forgets within a minute, or once open forms that list the holder have ended.',
      tags: ['Card holders'],
      roles,
      params: z.object({ id: z.uuid() }),
      body: jsonBody(
        z
          .object({
            reason: z.string().trim().min(1).max(1_000).describe('Stays in the audit log: do not name the holder'),
          })
          .meta({ id: 'ErasureReason' }),
      ),
      responses: {
        200: { description: 'How many requests and cards were erased with the holder', schema: erasureSchema },
      },
      errors: ['holder-in-use', 'holder-erased', 'not-found'],
      handler: async ({ params, body, user }) => ({
        status: 200,
        body: await db.transaction((trx) =>
          eraseHolder(trx, { actor: user.id, holderId: params.id, reason: body.reason }),
        ),
      }),
    }),
  ];
}

async function readRetention(db: Knex): Promise<z.input<typeof retentionSchema>> {
  const { requestDataDays, cardDataDays, engineHistoryDays } = await readRetentionOptions(db);
  const [due, last, rest] = await Promise.all([
    previewRetention(db),
    lastRetentionRun(db),
    db('erasure_to_finish').count<{ count: string }[]>({ count: '*' }),
  ]);
  return {
    days: { requests: requestDataDays, cards: cardDataDays, engineHistory: engineHistoryDays },
    due: { ...due },
    unfinished: Number(rest[0]?.count ?? 0),
    lastRun: last && { ...last, startedAt: last.startedAt.toISOString(), endedAt: last.endedAt?.toISOString() ?? null },
  };
}
