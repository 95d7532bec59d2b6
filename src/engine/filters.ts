import { groups } from '../domain/roles.js';
import { replaceGrants, resources } from './authorizations.js';
import type { EngineClient } from './client.js';

/** A list of tasks that Tasklist shows on its left. */
interface TaskList {
  /** Kept with the list, so that it is found again under another name. */
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly color: string;
  readonly query: Readonly<Record<string, unknown>>;
  /** Groups whose members see it. */
  readonly readers: readonly string[];
}

/** A group whose tasks have a list of their own. */
export interface ListedGroup {
  readonly id: string;
  readonly name: string;
}

/** Tasks for a group that somebody may claim or has claimed, without those that are postponed. */
function tasksOf(group: string): Readonly<Record<string, unknown>> {
  return {
    candidateGroup: group,
    includeAssignedTasks: true,
    followUpBeforeOrNotExistentExpression: '${now()}',
    sorting: [{ sortBy: 'created', sortOrder: 'asc' }],
  };
}

/** Whoever may be a candidate has a list: a task that was deployed is in nobody's list otherwise. */
function taskLists(ownGroups: readonly ListedGroup[]): TaskList[] {
  return [
    {
      key: 'my-tasks',
      name: 'My tasks',
      description: 'Tasks that wait for you',
      color: '#1f5a7a',
      query: { assigneeExpression: '${currentUser()}', sorting: [{ sortBy: 'created', sortOrder: 'desc' }] },
      readers: [...Object.values(groups), ...ownGroups.map(({ id }) => id)],
    },
    {
      key: groups.approver,
      name: 'Approvals',
      description: 'Card requests that wait for a decision; postponed ones are hidden',
      color: '#8a5a00',
      query: tasksOf(groups.approver),
      readers: [groups.approver],
    },
    {
      key: groups.producer,
      name: 'Production',
      description: 'Cards whose production has failed; postponed ones are hidden',
      color: '#7a1f4b',
      query: tasksOf(groups.producer),
      readers: [groups.producer],
    },
    listOf({ id: groups.operator, name: 'Card operators' }),
    listOf({ id: groups.admin, name: 'Card administrators' }),
    listOf({ id: groups.designer, name: 'Process designers' }),
    ...ownGroups.map(listOf),
  ];
}

function listOf({ id, name }: ListedGroup): TaskList {
  const description = `Tasks for the group ${name}; postponed ones are hidden`;
  return { key: id, name, description, color: '#3d5a3d', query: tasksOf(id), readers: [id] };
}

interface StoredFilter {
  readonly id: string;
  readonly name: string;
  readonly properties: { readonly key?: string } | null;
}

/**
 * Brings Tasklist's lists to those of the product and one for each group of the organisation's own, which only its members
 * see. The door refuses changes of lists, since these hold expressions. Safe to repeat.
 * @param ownGroups without those that nothing waits for any more: their lists are withdrawn
 */
export async function ensureFilters(
  engine: EngineClient,
  user: string,
  ownGroups: readonly ListedGroup[],
): Promise<void> {
  const stored = await engine.call<StoredFilter[]>({ user, path: '/filter', query: { resourceType: 'Task' } });
  const wanted = taskLists(ownGroups);
  for (const [at, list] of wanted.entries()) await ensureList(engine, user, list, at + 1, stored);
  const keys = new Set(wanted.map(({ key }) => key));
  for (const { id, properties } of stored) {
    const key = properties?.key;
    if (key !== undefined && !keys.has(key)) await engine.call({ user, method: 'DELETE', path: `/filter/${id}` });
  }
}

async function ensureList(
  engine: EngineClient,
  user: string,
  { key, name, query, readers, ...properties }: TaskList,
  priority: number,
  stored: readonly StoredFilter[],
): Promise<void> {
  const all = { key, priority, refresh: true, showUndefinedVariable: false, variables: [], ...properties };
  const body = { resourceType: 'Task', owner: null, name, query, properties: all };
  // Earlier releases knew their lists by name.
  const known = stored.find((each) => (each.properties?.key ?? null) === key || isKeyless(each, name));
  const created = known ?? (await engine.call<{ id: string }>({ user, method: 'POST', path: '/filter/create', body }));
  if (known !== undefined) await engine.call({ user, method: 'PUT', path: `/filter/${known.id}`, body });
  await replaceGrants(
    engine,
    user,
    { resourceType: resources.filter, resourceId: created.id },
    readers.map((groupId) => ({ groupId, permissions: ['READ'] })),
  );
}

const isKeyless = ({ name, properties }: StoredFilter, wanted: string): boolean =>
  properties?.key === undefined && name === wanted;
