import { isEngineError, type EngineClient } from './client.js';

export interface NewAccount {
  readonly id: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly groups: readonly string[];
}

/** Creates a group unless it exists. */
export async function ensureGroup(engine: EngineClient, user: string, id: string, name: string): Promise<void> {
  if (await exists(engine, user, `/group/${id}`)) return;
  await engine.call({ user, method: 'POST', path: '/group/create', body: { id, name, type: 'WORKFLOW' } });
}

/** Creates an account with its groups unless it exists; one that exists keeps its password and groups. */
export async function ensureAccount(
  engine: EngineClient,
  user: string,
  account: NewAccount,
  password: string,
): Promise<boolean> {
  const { groups, ...profile } = account;
  if (await exists(engine, user, `/user/${account.id}/profile`)) return false;
  await engine.call({ user, method: 'POST', path: '/user/create', body: { profile, credentials: { password } } });
  for (const group of groups) await engine.call({ user, method: 'PUT', path: `/group/${group}/members/${account.id}` });
  return true;
}

/** Ids of the groups that a person is in. */
export async function groupsOf(engine: EngineClient, user: string, account: string): Promise<string[]> {
  const memberships = await engine.call<{ id: string }[]>({ user, path: '/group', query: { member: account } });
  return memberships.map((group) => group.id);
}

async function exists(engine: EngineClient, user: string, path: string): Promise<boolean> {
  try {
    await engine.call({ user, path });
    return true;
  } catch (raw) {
    if (isEngineError(raw, 404)) return false;
    throw raw;
  }
}
