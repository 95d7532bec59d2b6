import { groups } from '../domain/roles.js';
import { replaceGrants, resources } from './authorizations.js';
import type { EngineClient } from './client.js';

interface FilterDefinition {
  readonly name: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly groups: readonly string[];
}

const shared = { refresh: true, showUndefinedVariable: false, variables: [] };

/** What Tasklist lists on its left. The door refuses changes of filters, since these hold expressions. */
const filters: readonly FilterDefinition[] = [
  {
    name: 'My tasks',
    query: { assigneeExpression: '${currentUser()}', sorting: [{ sortBy: 'created', sortOrder: 'desc' }] },
    properties: { ...shared, description: 'Tasks that wait for you', priority: 1, color: '#1f5a7a' },
    groups: [groups.operator, groups.approver, groups.producer, groups.admin],
  },
  {
    name: 'Approvals',
    query: {
      candidateGroup: groups.approver,
      includeAssignedTasks: true,
      followUpBeforeOrNotExistentExpression: '${now()}',
      sorting: [{ sortBy: 'created', sortOrder: 'asc' }],
    },
    properties: {
      ...shared,
      description: 'Card requests that wait for a decision; postponed ones are hidden',
      priority: 2,
      color: '#8a5a00',
    },
    groups: [groups.approver],
  },
  {
    name: 'Production',
    query: {
      candidateGroup: groups.producer,
      includeAssignedTasks: true,
      followUpBeforeOrNotExistentExpression: '${now()}',
      sorting: [{ sortBy: 'created', sortOrder: 'asc' }],
    },
    properties: {
      ...shared,
      description: 'Cards whose production has failed; postponed ones are hidden',
      priority: 3,
      color: '#7a1f4b',
    },
    groups: [groups.producer],
  },
];

/** Creates the filters or brings them to what is written here, and lets only their groups see them. */
export async function ensureFilters(engine: EngineClient, user: string): Promise<void> {
  const stored = await engine.call<{ id: string; name: string }[]>({
    user,
    path: '/filter',
    query: { resourceType: 'Task' },
  });
  for (const { groups: readers, ...filter } of filters) {
    const body = { resourceType: 'Task', owner: null, ...filter };
    const known = stored.find((each) => each.name === filter.name);
    const id =
      known?.id ?? (await engine.call<{ id: string }>({ user, method: 'POST', path: '/filter/create', body })).id;
    if (known !== undefined) await engine.call({ user, method: 'PUT', path: `/filter/${id}`, body });
    await replaceGrants(
      engine,
      user,
      { resourceType: resources.filter, resourceId: id },
      readers.map((groupId) => ({ groupId, permissions: ['READ'] })),
    );
  }
}
