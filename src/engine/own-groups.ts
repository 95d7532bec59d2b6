import { ensureGrants, resources, type Grant } from './authorizations.js';
import type { EngineClient } from './client.js';
import { ensureGroup } from './identity.js';

/** A group of the organisation's own, as far as the engine has to know it. */
export interface EngineGroup {
  readonly id: string;
  readonly name: string;
}

/**
 * Brings the engine's groups, and what their members may open, to what the organisation decided. Safe to repeat. Groups
 * are never deleted: who was in them is part of what happened.
 */
export async function reconcileOwnGroups(
  engine: EngineClient,
  user: string,
  groups: readonly EngineGroup[],
): Promise<void> {
  for (const { id, name } of groups) await ensureNamedGroup(engine, user, id, name);
  await ensureGrants(
    engine,
    user,
    groups.flatMap(({ id }) => memberGrants(id)),
  );
}

/** Adds an account to a group; one that is in it stays. @throws EngineError 404 without such an account */
export async function joinGroup(engine: EngineClient, user: string, id: string, account: string): Promise<void> {
  await engine.call({ user, method: 'PUT', path: membership(id, account) });
}

/** Takes an account out of a group, if it is in it. */
export async function leaveGroup(engine: EngineClient, user: string, id: string, account: string): Promise<void> {
  await engine.call({ user, method: 'DELETE', path: membership(id, account) });
}

const membership = (id: string, account: string): string => `/group/${id}/members/${encodeURIComponent(account)}`;

async function ensureNamedGroup(engine: EngineClient, user: string, id: string, name: string): Promise<void> {
  await ensureGroup(engine, user, id, name);
  const stored = await engine.call<{ name: string }>({ user, path: `/group/${id}` });
  if (stored.name === name) return;
  await engine.call({ user, method: 'PUT', path: `/group/${id}`, body: { id, name, type: 'WORKFLOW' } });
}

/** What every member may open; tasks themselves the engine grants to their candidates. */
function memberGrants(groupId: string): Grant[] {
  return [
    { groupId, resourceType: resources.application, resourceId: 'tasklist', permissions: ['ACCESS'] },
    { groupId, resourceType: resources.application, resourceId: 'welcome', permissions: ['ACCESS'] },
    // Names and diagrams of processes; to start one takes CREATE_INSTANCE on it as well.
    { groupId, resourceType: resources.processDefinition, resourceId: '*', permissions: ['READ'] },
  ];
}
