import { z } from 'zod';
import type { Knex } from '../../kernel/db/database.js';
import { groups, type Role } from '../../domain/roles.js';
import { assertMatch, etagOfContent } from '../../web/etag.js';
import { listOf, listPage, listQuery } from '../../web/list.js';
import { defineRoute, jsonBody, type Route } from '../../web/route.js';
import { programName } from '../../web/sign-in/program-name.js';
import type { AccountDirectory } from './account-directory.js';
import { viewAccounts } from './account-reading.js';
import type { AccountService } from './account-service.js';
import { assertRolesGoTogether, refuseWhileConfirmed } from '../pending-changes/rules.js';
import { leastPasswordLength, mostPasswordLength } from './password-rules.js';

const tags = ['Accounts'];
const roles = ['admin'] as const;
export const roleSchema = z.enum(Object.keys(groups) as [Role, ...Role[]]);
const roleSet = z
  .array(roleSchema)
  .max(20)
  .transform((list) => new Set(list));
const params = z.object({ id: z.string().min(1).max(64) });
const conflictSchema = z.object({ roles: z.array(roleSchema).readonly(), why: z.string() });

const accountSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    roles: z.array(roleSchema).readonly(),
    conflicts: z.array(conflictSchema).readonly().describe('Roles that one person should not have together'),
    lastSignInAt: z.iso.datetime().nullable(),
    secondFactor: z.object({
      enrolled: z.boolean(),
      required: z.boolean().describe('Asked for by the account itself; its roles may ask, too'),
    }),
    holderId: z.uuid().nullable().describe('The card holder that the account belongs to'),
  })
  .meta({ id: 'Account' });

export type AccountBody = z.input<typeof accountSchema>;

const profileFields = {
  firstName: z.string().trim().min(1).max(100),
  lastName: z.string().trim().min(1).max(100),
  email: z.email().max(320),
};

const profileSchema = z
  .object({ id: z.string(), firstName: z.string(), lastName: z.string(), email: z.string() })
  .meta({ id: 'AccountProfile' });

export type ProfileBody = z.input<typeof profileSchema>;

const newAccountSchema = z
  .object({
    id: z
      .string()
      .regex(
        /^[a-z0-9][a-z0-9._@-]{0,63}$/,
        'must be small letters, digits and . _ @ -, and begin with a letter or digit',
      ),
    ...profileFields,
    roles: roleSet.default(new Set()),
  })
  .meta({ id: 'NewAccount' });

const passwordSchema = z
  .object({ password: z.string().describe('Shown this once, and kept nowhere') })
  .meta({ id: 'OneTimePassword' });

const newAccountAnswer = passwordSchema.extend({ id: z.string() }).meta({ id: 'AddedAccount' });
export type NewAccountBody = z.input<typeof newAccountAnswer>;

const sessionSchema = z
  .object({
    id: z.uuid(),
    program: z.string().describe('What it says of itself at sign-in, such as `Firefox on Linux`'),
    address: z.string().nullable(),
    since: z.iso.datetime(),
    lastUse: z.iso.datetime().describe('To the minute'),
  })
  .meta({ id: 'Session' });

export type SessionBody = z.input<typeof sessionSchema>;

const askedSchema = z.object({ required: z.boolean() }).meta({ id: 'AskedSecondFactor' });

const endedSchema = z.object({ ended: z.int() }).meta({ id: 'EndedSessions' });

function named(held: ReadonlySet<Role>): string {
  return [...held].sort().join(', ') || 'none';
}

/** Of the roles alone: a sign-in changes what is shown of an account, but nothing that a change of roles builds on. */
const tagOf = (held: Iterable<Role>): string => etagOfContent([...held].sort());

/** Names and address of an account, and their state. */
function profileOf({ id, firstName, lastName, email }: ProfileBody) {
  const body = { id, firstName, lastName, email };
  return { body, etag: etagOfContent(body) };
}

/** Operations of `/accounts` and `/me`, and the second factor of a role. */
export function accountRoutes(db: Knex, directory: AccountDirectory, accounts: AccountService): Route[] {
  const one = (description: string) => ({
    description,
    schema: accountSchema,
    headers: { ETag: 'State of its roles; for If-Match' },
  });
  const answer = async (id: string) => {
    const account = await directory.get(id);
    const [view] = await viewAccounts(db, [account]);
    return {
      status: 200 as const,
      body: view as z.input<typeof accountSchema>,
      headers: { ETag: tagOf(account.roles) },
    };
  };
  const answerProfile = async (id: string) => {
    const { body, etag } = profileOf(await directory.get(id));
    return { status: 200 as const, body, headers: { ETag: etag } };
  };
  const profile = (description: string) => ({
    description,
    schema: profileSchema,
    headers: { ETag: 'State of names and address; for If-Match' },
  });
  /** Who could sign in as another administrator could confirm their own changes. */
  const notOfAdministrators = async ({ params: { id } }: { readonly params: { readonly id: string } }) => {
    if ((await directory.get(id)).roles.has('admin'))
      await refuseWhileConfirmed(
        db,
        `${id} is an administrator: take the role from the account first, which another administrator confirms, and give it back after.`,
      );
    return null;
  };
  return [
    defineRoute({
      method: 'get',
      path: '/accounts',
      summary: 'Accounts of people, by id',
      tags,
      roles,
      query: listQuery(z.object({ id: z.string().max(64) }), {
        role: roleSchema.optional(),
        q: z.string().max(100).optional().describe('Part of id, name or e-mail'),
      }),
      responses: { 200: { description: 'A page of accounts', schema: listOf(accountSchema) } },
      handler: async ({ query: { limit, cursor, role, q } }) => {
        const sought = q?.toLowerCase() ?? '';
        const found = (await directory.all()).filter(
          (each) =>
            (role === undefined || each.roles.has(role)) &&
            `${each.id} ${each.firstName} ${each.lastName} ${each.email}`.toLowerCase().includes(sought) &&
            (cursor === undefined || each.id > cursor.id),
        );
        const views = await viewAccounts(db, found.slice(0, limit + 1));
        return {
          status: 200,
          body: listPage(
            views,
            limit,
            (view) => view,
            ({ id }) => ({ id }),
          ),
        };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/accounts',
      summary: 'Create an account',
      tags,
      roles,
      body: jsonBody(newAccountSchema),
      toConfirm: async ({ body }) => {
        if (body.roles.size > 0)
          await refuseWhileConfirmed(
            db,
            'Create the account without roles, then give it roles: that is what another administrator confirms.',
          );
        return null;
      },
      responses: {
        201: {
          description: 'Its first password',
          schema: newAccountAnswer,
          headers: { 'Cache-Control': 'Never kept' },
        },
      },
      errors: ['exists-already', 'roles-conflict', 'second-administrator'],
      handler: async ({ body, user }) => {
        const password = await accounts.create(user.id, body);
        return { status: 201, body: { id: body.id, password }, headers: { 'Cache-Control': 'no-store' } };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:id',
      summary: 'One account',
      tags,
      roles,
      params,
      responses: { 200: one('The account') },
      errors: ['not-found'],
      handler: ({ params: { id } }) => answer(id),
    }),
    defineRoute({
      method: 'put',
      path: '/accounts/:id/roles',
      summary: 'Give an account exactly these roles; without any it can do nothing',
      tags,
      roles,
      conditional: true,
      params,
      body: jsonBody(z.object({ roles: roleSet }).meta({ id: 'AccountRoles' })),
      responses: { 200: one('The current account') },
      toConfirm: async ({ params: { id }, body }) => {
        const before = (await directory.get(id)).roles;
        await assertRolesGoTogether(db, before, body.roles);
        return { what: `Give ${id} the roles ${named(body.roles)} instead of ${named(before)}.`, etag: tagOf(before) };
      },
      errors: ['last-administrator', 'not-found', 'stale', 'roles-conflict', 'second-administrator'],
      handler: async ({ params: { id }, body, user, ifMatch }) => {
        await accounts.setRoles(user.id, id, body.roles, (before) => {
          assertMatch(ifMatch, tagOf(before.roles));
        });
        return answer(id);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:id/profile',
      summary: 'Names and e-mail address of an account',
      tags,
      roles,
      params,
      responses: { 200: profile('Names and address') },
      errors: ['not-found'],
      handler: ({ params: { id } }) => answerProfile(id),
    }),
    defineRoute({
      method: 'put',
      path: '/accounts/:id/profile',
      summary: 'Change names and e-mail address of an account',
      tags,
      roles,
      conditional: true,
      params,
      body: jsonBody(z.object(profileFields).meta({ id: 'ChangedProfile' })),
      responses: { 200: profile('Names and address as they are now') },
      errors: ['not-found', 'stale'],
      handler: async ({ params: { id }, body, user, ifMatch }) => {
        await accounts.setProfile(user.id, id, body, (before) => {
          assertMatch(ifMatch, profileOf(before).etag);
        });
        return answerProfile(id);
      },
    }),
    defineRoute({
      method: 'post',
      path: '/accounts/:id/password',
      summary: 'Give an account a new password, and end its sessions',
      tags,
      roles,
      params,
      responses: {
        200: { description: 'The new password', schema: passwordSchema, headers: { 'Cache-Control': 'Never kept' } },
      },
      toConfirm: notOfAdministrators,
      errors: ['not-found', 'second-administrator'],
      handler: async ({ params: { id }, user }) => {
        const password = await accounts.resetPassword(user.id, id);
        return { status: 200, body: { password }, headers: { 'Cache-Control': 'no-store' } };
      },
    }),
    defineRoute({
      method: 'put',
      path: '/accounts/:id/second-factor',
      summary: 'Ask an account for a second factor, or do not ask any more',
      tags,
      roles,
      params,
      body: jsonBody(askedSchema),
      responses: { 200: one('The current account') },
      errors: ['not-found'],
      handler: async ({ params: { id }, body: { required }, user }) => {
        await accounts.askSecondFactor(user.id, id, required);
        return answer(id);
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/accounts/:id/second-factor',
      summary: 'Remove the second factor of somebody who has lost it, and end the sessions of the account',
      tags,
      roles,
      params,
      responses: { 204: { description: 'It is gone; where one is asked for, the next sign-in sets another one up' } },
      toConfirm: notOfAdministrators,
      errors: ['not-found', 'second-administrator'],
      handler: async ({ params: { id }, user }) => {
        await accounts.resetSecondFactor(user.id, id);
        return { status: 204 };
      },
    }),
    defineRoute({
      method: 'put',
      path: '/groups/:role/second-factor',
      summary: 'Ask everybody in a role for a second factor, or do not ask any more',
      tags,
      roles,
      params: z.object({ role: roleSchema }),
      body: jsonBody(askedSchema),
      responses: { 204: { description: 'From the next request on' } },
      handler: async ({ params: { role }, body: { required }, user }) => {
        await accounts.askRoleSecondFactor(user.id, role, required);
        return { status: 204 };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:id/sessions',
      summary: 'Open sessions of an account',
      tags,
      roles,
      params,
      responses: { 200: { description: 'The one used last first', schema: listOf(sessionSchema) } },
      errors: ['not-found'],
      handler: async ({ params: { id } }) => {
        const items = (await accounts.sessions(id)).map(({ since, lastUse, program, ...session }) => ({
          ...session,
          program: programName(program),
          since: since.toISOString(),
          lastUse: lastUse.toISOString(),
        }));
        return { status: 200, body: { items, next: null } };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/accounts/:id/sessions',
      summary: 'End every session of an account',
      tags,
      roles,
      params,
      responses: { 200: { description: 'They have ended', schema: endedSchema } },
      errors: ['not-found'],
      handler: async ({ params: { id }, user }) => ({
        status: 200,
        body: { ended: await accounts.endSessions(user.id, id) },
      }),
    }),
    defineRoute({
      method: 'delete',
      path: '/accounts/:id',
      summary: 'Remove an account; what it did stays on record',
      tags,
      roles,
      params,
      responses: { 204: { description: 'It is gone, and its sessions have ended' } },
      errors: ['last-administrator', 'not-found'],
      handler: async ({ params: { id }, user }) => {
        await accounts.remove(user.id, id);
        return { status: 204 };
      },
    }),
    defineRoute({
      method: 'put',
      path: '/me/password',
      summary: 'Change your own password, and end your sessions',
      tags,
      body: jsonBody(
        z
          .object({ current: z.string().max(1_000), next: z.string().min(leastPasswordLength).max(mostPasswordLength) })
          .meta({ id: 'PasswordChange' }),
      ),
      responses: { 204: { description: 'The new one counts from now on' } },
      errors: ['password-wrong', 'not-found', 'too-many-attempts'],
      handler: async ({ body: { current, next }, user, caller }) => {
        await accounts.changeOwnPassword(user.id, current, next, caller);
        return { status: 204 };
      },
    }),
  ];
}
