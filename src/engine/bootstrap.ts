import { groups, technicalAccounts, type Role } from '../domain/roles.js';
import { useCases } from '../process/contract/index.js';
import { ensureGrants, resources, type Grant } from './authorizations.js';
import type { EngineClient } from './client.js';
import { ensureAccount, ensureGroup, type NewAccount } from './identity.js';

/** What the groups of the roles are called. */
export const roleNames: Readonly<Record<Role, string>> = {
  operator: 'Card operators',
  approver: 'Card approvers',
  producer: 'Production operators',
  admin: 'Card administrators',
  designer: 'Process designers',
};

/** The first accounts; each can be changed or removed later, and is not created again while one of its name exists. */
export const firstAccounts: readonly NewAccount[] = [
  account('admin', 'Ada', 'Administrator', 'admin'),
  account('operator', 'Olga', 'Operator', 'operator'),
  account('operator2', 'Otto', 'Operator', 'operator'),
  account('approver', 'Anna', 'Approver', 'approver'),
  account('approver2', 'Arno', 'Approver', 'approver'),
  account('producer', 'Petra', 'Producer', 'producer'),
  account('designer', 'Dora', 'Designer', 'designer'),
];

function account(id: string, firstName: string, lastName: string, role: Role): NewAccount {
  return { id, firstName, lastName, email: `${id}@example.org`, groups: [groups[role]] };
}

const everyone = Object.values(groups);
/** Those who start processes. */
const starters = [groups.operator, groups.approver, groups.producer, groups.admin];

/**
 * What each group, and the workers' account, may do in the engine. Starting an entry process is not here: it follows
 * from the use cases. Tasks are not here either: the engine grants a task's candidates and assignee `TASK_WORK` on it.
 */
function grants(): Grant[] {
  const worker = technicalAccounts.worker;
  return [
    ...everyone.map((groupId) => ({
      groupId,
      resourceType: resources.application,
      resourceId: 'tasklist',
      permissions: ['ACCESS'],
    })),
    ...everyone.map((groupId) => ({
      groupId,
      resourceType: resources.application,
      resourceId: 'welcome',
      permissions: ['ACCESS'],
    })),
    ...starters.map((groupId) => ({
      groupId,
      resourceType: resources.processInstance,
      resourceId: '*',
      permissions: ['CREATE'],
    })),
    // Names and diagrams of processes; to start one takes CREATE_INSTANCE on it as well.
    ...everyone
      .filter((groupId) => groupId !== groups.admin)
      .map((groupId) => ({
        groupId,
        resourceType: resources.processDefinition,
        resourceId: '*',
        permissions: ['READ'],
      })),
    { groupId: groups.admin, resourceType: resources.application, resourceId: 'cockpit', permissions: ['ACCESS'] },
    { groupId: groups.admin, resourceType: resources.application, resourceId: 'admin', permissions: ['ACCESS'] },
    { groupId: groups.admin, resourceType: resources.user, resourceId: '*', permissions: ['ALL'] },
    { groupId: groups.admin, resourceType: resources.group, resourceId: '*', permissions: ['ALL'] },
    { groupId: groups.admin, resourceType: 3, resourceId: '*', permissions: ['ALL'] },
    { groupId: groups.admin, resourceType: resources.deployment, resourceId: '*', permissions: ['READ'] },
    {
      groupId: groups.admin,
      resourceType: resources.processDefinition,
      resourceId: '*',
      // UPDATE_INSTANCE lets external tasks be tried again; what else it permits is refused at the door.
      permissions: [
        'READ',
        'READ_INSTANCE',
        'READ_HISTORY',
        'READ_TASK',
        'RETRY_JOB',
        'UPDATE_INSTANCE',
        'DELETE_INSTANCE',
      ],
    },
    { groupId: groups.admin, resourceType: resources.operationLogCategory, resourceId: '*', permissions: ['READ'] },
    {
      userId: worker,
      resourceType: resources.processDefinition,
      resourceId: '*',
      // READ: the diagram says which of its events is the time limit.
      permissions: ['READ', 'READ_INSTANCE', 'UPDATE_INSTANCE', 'READ_HISTORY'],
    },
    // Who may approve follows from groups.
    { userId: worker, resourceType: resources.group, resourceId: '*', permissions: ['READ'] },
    { userId: worker, resourceType: resources.operationLogCategory, resourceId: 'TaskWorker', permissions: ['READ'] },
  ];
}

/**
 * Creates groups, first accounts and authorizations, or mends them. Safe to repeat.
 * @param passwords by account; an account without one is not created
 */
export async function bootstrapEngine(
  engine: EngineClient,
  user: string,
  passwords: Readonly<Record<string, string>>,
): Promise<string[]> {
  for (const [role, name] of Object.entries(roleNames)) await ensureGroup(engine, user, groups[role as Role], name);
  const created: string[] = [];
  for (const each of firstAccounts) {
    const password = passwords[each.id];
    if (password !== undefined && (await ensureAccount(engine, user, each, password))) created.push(each.id);
  }
  await ensureGrants(engine, user, grants());
  return created;
}

/** Entry processes with the groups that may start them while their use case is enabled. */
export function entryGrants(): { useCase: string; processKey: string; groups: readonly string[] }[] {
  return Object.entries(useCases).flatMap(([useCase, { entryProcess, companions, starters }]) =>
    [entryProcess, ...companions].map((processKey) => ({ useCase, processKey, groups: starters })),
  );
}
