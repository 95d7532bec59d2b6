import { z } from 'zod';
import { groups as roleGroups, type Role } from '../../domain/roles.js';
import { roleConflicts } from '../../domain/separation-of-duties.js';
import type { Knex } from '../../kernel/db/database.js';
import { roleNames } from '../../engine/bootstrap.js';
import { chosenId } from '../../web/chosen-id.js';
import { assertMatch, etagOfContent } from '../../web/etag.js';
import { listOf } from '../../web/list.js';
import { defineRoute, jsonBody, type Route } from '../../web/route.js';
import type { AccountDirectory } from '../accounts/account-directory.js';
import { roleSchema } from '../accounts/account-routes.js';
import type { AccountService } from '../accounts/account-service.js';
import type { GroupService } from './group-service.js';
import { getOwnGroup, listOwnGroups, type OwnGroup } from './group-store.js';

const tags = ['Groups'];
const roles = ['admin'] as const;
const params = z.object({ id: z.string().max(100) });
const memberParams = params.extend({ account: z.string().min(1).max(64) });

const content = {
  name: z.string().trim().min(1).max(100).describe('Of the group, and of its list in Tasklist'),
  description: z.string().trim().max(1_000).default('').describe('What it is for'),
  mayApprove: z.boolean().default(false).describe('Its members may decide on card requests'),
};
const contentSchema = z
  .object({ ...content, retired: z.boolean().default(false).describe('No new diagram may name it') })
  .meta({ id: 'GroupContent' });
const newSchema = z.object({ id: chosenId.max(60), ...content }).meta({ id: 'NewGroup' });

const groupSchema = z
  .object({
    id: z.string().describe('As diagrams name it in candidate groups'),
    group: z.string().describe('The same as `id`'),
    role: roleSchema.nullable().describe('Null for a group of the organisation’s own'),
    name: z.string(),
    description: z.string(),
    mayApprove: z.boolean(),
    retired: z.boolean(),
    members: z.array(z.string()).describe('Ids of accounts'),
    secondFactor: z.boolean().describe('Everybody in it has to have a second factor; asked of roles only'),
    conflictsWith: z.array(z.object({ role: roleSchema, why: z.string() })),
  })
  .meta({ id: 'Group' });

/** A group as the interface answers it. */
export type GroupBody = z.input<typeof groupSchema>;

const one = { description: 'The group', schema: groupSchema, headers: { ETag: 'For If-Match' } };

/** Operations of `/groups`: those of the product's roles, which are fixed, and the organisation's own. */
export function groupRoutes(
  db: Knex,
  directory: AccountDirectory,
  accounts: AccountService,
  service: GroupService,
): Route[] {
  const answer = async (id: string) => {
    const group = await getOwnGroup(db, id);
    return { headers: { ETag: etagOfContent(group) }, body: ownBody(group, await service.members(id)) };
  };
  const withMembers = async (group: OwnGroup) => ownBody(group, await service.members(group.id));
  return [
    defineRoute({
      method: 'get',
      path: '/groups',
      summary: 'Groups with their members: those of the roles first, then the organisation’s own by id',
      tags,
      roles,
      responses: { 200: { description: 'Every group', schema: listOf(groupSchema) } },
      handler: async () => {
        const [everyone, asked, own] = await Promise.all([
          directory.all(),
          accounts.rolesWithSecondFactor(),
          listOwnGroups(db).then((all) => Promise.all(all.map(withMembers))),
        ]);
        const ofRoles = roleSchema.options.map((role) =>
          roleBody(
            role,
            everyone.filter((each) => each.roles.has(role)).map(({ id }) => id),
            asked.has(role),
          ),
        );
        return { status: 200, body: { items: [...ofRoles, ...own], next: null } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/groups',
      summary: 'Make a group of the organisation’s own',
      tags,
      roles,
      body: jsonBody(newSchema),
      responses: {
        201: { ...one, description: 'Made', headers: { ...one.headers, Location: 'Address of the group' } },
      },
      errors: ['exists-already'],
      handler: async ({ body, user }) => {
        await service.add(user.id, { ...body, retired: false });
        const { headers, body: group } = await answer(body.id);
        return { status: 201, headers: { ...headers, Location: `/api/v1/groups/${body.id}` }, body: group };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/groups/:id',
      summary: 'One group of the organisation’s own',
      tags,
      roles,
      params,
      responses: { 200: one },
      errors: ['not-found'],
      handler: async ({ params: { id } }) => ({ status: 200, ...(await answer(id)) }),
    }),
    defineRoute({
      method: 'put',
      path: '/groups/:id',
      summary: 'Change, retire or take back a group of the organisation’s own; tasks that wait for it stay',
      tags,
      roles,
      conditional: true,
      params,
      body: jsonBody(contentSchema),
      responses: { 200: one },
      toConfirm: async ({ params: { id }, body }) => {
        const before = await getOwnGroup(db, id);
        if (before.mayApprove === body.mayApprove) return null;
        const members = (await service.members(id)).join(', ') || 'nobody yet';
        const what = `${body.mayApprove ? 'Let' : 'No longer let'} the group ${before.name} (${members}) decide on card requests.`;
        return { what, etag: etagOfContent(before) };
      },
      errors: ['not-found', 'stale', 'exists-already', 'second-administrator'],
      handler: async ({ params: { id }, body, user, ifMatch }) => {
        await service.change(user.id, { id, ...body }, (before) => {
          assertMatch(ifMatch, etagOfContent(before));
        });
        return { status: 200, ...(await answer(id)) };
      },
    }),
    defineRoute({
      method: 'put',
      path: '/groups/:id/members/:account',
      summary: 'Put an account into a group of the organisation’s own',
      tags,
      roles,
      params: memberParams,
      responses: { 204: { description: 'It is in the group' } },
      toConfirm: async ({ params: { id, account } }) => {
        const group = await getOwnGroup(db, id);
        if (!group.mayApprove) return null;
        return { what: `Put ${account} into ${group.name}, which may approve.`, etag: null };
      },
      errors: ['not-found', 'group-retired', 'second-administrator'],
      handler: async ({ params: { id, account }, user }) => {
        await service.join(user.id, id, account);
        return { status: 204 };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/groups/:id/members/:account',
      summary: 'Take an account out of a group of the organisation’s own',
      tags,
      roles,
      params: memberParams,
      responses: { 204: { description: 'It is not in the group' } },
      errors: ['not-found'],
      handler: async ({ params: { id, account }, user }) => {
        await service.leave(user.id, id, account);
        return { status: 204 };
      },
    }),
  ];
}

function ownBody(group: OwnGroup, members: string[]): GroupBody {
  return { ...group, group: group.id, role: null, members, secondFactor: false, conflictsWith: [] };
}

function roleBody(role: Role, members: string[], secondFactor: boolean): GroupBody {
  const id = roleGroups[role];
  return {
    ...{ id, group: id, role, name: roleNames[role], description: '', mayApprove: role === 'approver', retired: false },
    ...{ members, secondFactor },
    conflictsWith: roleConflicts.flatMap(({ roles: pair, why }) =>
      pair.includes(role) ? pair.filter((each) => each !== role).map((other) => ({ role: other, why })) : [],
    ),
  };
}
