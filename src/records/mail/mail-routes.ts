import { z } from 'zod';
import type { Knex } from '../../kernel/db/database.js';
import { listOf, listPage, listQuery } from '../../web/list.js';
import { defineRoute, type Route } from '../../web/route.js';
import { sendAgain, sendFailedAgain } from './mail-again.js';
import { getMail, listMails } from './mail-outbox.js';
import { readMailContents } from './mail-reading.js';
import { mailStates, type Mail } from './mail-types.js';
import { mailBlames } from './smtp-blame.js';

const position = z.object({ id: z.string().regex(/^\d{1,18}$/) });

const mailSchema = z
  .object({
    id: z.string(),
    toAccount: z.string().nullable(),
    toGroup: z.string().nullable().describe('Sent as one mail a member'),
    toAddress: z.string().nullable(),
    subject: z.string(),
    state: z
      .enum(mailStates)
      .describe('`unknown`: the mail server may or may not have taken it; it is not sent again by itself'),
    attempts: z.int(),
    dueAt: z.iso.datetime().nullable().describe('Not before this moment is it tried (again)'),
    lastError: z.string().nullable(),
    blame: z.enum(mailBlames).nullable().describe('Whose fault the last try was'),
    createdAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Mail' });

/** A mail of the outbox as the interface answers it. */
export type MailBody = z.input<typeof mailSchema>;

const wholeMailSchema = mailSchema
  .extend({
    body: z.string().describe('Without the PIN or PUK: those are put in when it is sent'),
    linkPath: z.string().nullable().describe('Path on this installation where the recipient continues'),
    sealed: z.boolean().describe('A PIN or PUK is put in when it is sent'),
  })
  .meta({ id: 'WholeMail' });

/** A mail with what it says, as the interface answers it. */
export type WholeMailBody = z.input<typeof wholeMailSchema>;

/** Operations of `/mails`. */
export function mailRoutes(db: Knex): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/mails',
      summary: 'The outbox of mails, newest first',
      tags: ['Mails'],
      roles: ['admin'],
      query: listQuery(position, {
        q: z.string().trim().max(100).optional().describe('Part of a recipient or a subject'),
        state: z.enum(mailStates).optional(),
      }),
      responses: { 200: { description: 'A page of mails', schema: listOf(mailSchema) } },
      handler: async ({ query: { q, state, limit, cursor } }) => {
        const mails = await listMails(db, limit + 1, { before: cursor?.id, state, q });
        return { status: 200, body: listPage(mails, limit, toBody, ({ id }) => ({ id })) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/mails/:id',
      summary: 'One mail, with what it says',
      tags: ['Mails'],
      roles: ['admin'],
      params: position,
      responses: { 200: { description: 'The mail', schema: wholeMailSchema } },
      errors: ['not-found'],
      handler: async ({ params: { id } }) => {
        const mail = await getMail(db, id);
        const { body = '', linkPath = null, sealed = false } = (await readMailContents(db, [id])).get(id) ?? {};
        return { status: 200, body: { ...toBody(mail), body, linkPath, sealed } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/mails/:id/send-again',
      summary: 'Send a mail again that was not sent, or may not have arrived',
      description: 'Its address is looked up again, and it is tried for another day.',
      tags: ['Mails'],
      roles: ['admin'],
      params: position,
      responses: { 204: { description: 'It waits to be sent' } },
      errors: ['not-found', 'mail-ended'],
      handler: async ({ params: { id }, user }) => {
        await db.transaction((trx) => sendAgain(trx, user.id, id));
        return { status: 204 };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/mails/send-again',
      summary: 'Send every mail again that was not sent',
      tags: ['Mails'],
      roles: ['admin'],
      responses: {
        200: { description: 'How many; more than a thousand take several calls', schema: z.object({ mails: z.int() }) },
      },
      handler: async ({ user }) => ({
        status: 200,
        body: { mails: await db.transaction((trx) => sendFailedAgain(trx, user.id)) },
      }),
    }),
  ];
}

function toBody(mail: Mail): MailBody {
  return {
    ...mail,
    dueAt: mail.dueAt?.toISOString() ?? null,
    createdAt: mail.createdAt.toISOString(),
    endedAt: mail.endedAt?.toISOString() ?? null,
  };
}
