import { z } from 'zod';
import type { Knex } from '../db/database.js';
import { listOf, listPage, listQuery } from '../http/list.js';
import { defineRoute, type Route } from '../http/route.js';
import { listMails } from './mail-outbox.js';
import { mailStates, type Mail } from './mail-types.js';

const position = z.object({ id: z.string().regex(/^\d{1,18}$/) });

const mailSchema = z
  .object({
    id: z.string(),
    toAccount: z.string().nullable(),
    toGroup: z.string().nullable().describe('Told as one mail a member'),
    toAddress: z.string().nullable(),
    subject: z.string(),
    state: z.enum(mailStates).describe('`unknown`: the mail server may or may not have taken it; it is not sent again by itself'),
    attempts: z.int(),
    dueAt: z.iso.datetime().nullable().describe('Not before this moment is it tried (again)'),
    lastError: z.string().nullable(),
    createdAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Mail' });

/** Operations of `/mails`. */
export function mailRoutes(db: Knex): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/mails',
      summary: 'The outbox of mails, newest first',
      tags: ['Mails'],
      roles: ['admin'],
      query: listQuery(position, { state: z.enum(mailStates).optional() }),
      responses: { 200: { description: 'A page of mails', schema: listOf(mailSchema) } },
      handler: async ({ query: { limit, cursor, state } }) => {
        const mails = await listMails(db, limit + 1, { before: cursor?.id, state });
        return { status: 200, body: listPage(mails, limit, toBody, ({ id }) => ({ id })) };
      },
    }),
  ];
}

function toBody(mail: Mail): z.input<typeof mailSchema> {
  return {
    ...mail,
    dueAt: mail.dueAt?.toISOString() ?? null,
    createdAt: mail.createdAt.toISOString(),
    endedAt: mail.endedAt?.toISOString() ?? null,
  };
}
