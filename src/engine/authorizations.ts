import type { EngineClient } from './client.js';

/** Resource types of the engine's authorizations (`org.camunda.bpm.engine.authorization.Resources`). */
export const resources = {
  application: 0,
  user: 1,
  group: 2,
  filter: 5,
  processDefinition: 6,
  processInstance: 8,
  task: 7,
  deployment: 9,
  batch: 13,
  operationLogCategory: 15,
} as const;

/** One grant: `groupId` or `userId` may do `permissions` on one resource (`*`: on all of the type). */
export interface Grant {
  readonly groupId?: string;
  readonly userId?: string;
  readonly resourceType: number;
  readonly resourceId: string;
  readonly permissions: readonly string[];
}

interface StoredAuthorization {
  readonly id: string;
  readonly type: number;
  readonly groupId: string | null;
  readonly userId: string | null;
  readonly resourceType: number;
  readonly resourceId: string;
  readonly permissions: readonly string[];
}

const grantType = 1;

/** Reads the grants of one type of resource, of everybody or of one group or user. */
async function readGrants(
  engine: EngineClient,
  user: string,
  query: { resourceType: number; resourceId?: string; userIdIn?: string; groupIdIn?: string },
): Promise<StoredAuthorization[]> {
  return engine.call({ user, path: '/authorization', query: { type: grantType, ...query } });
}

/** Makes sure that each grant exists with exactly its permissions. Others are left alone. */
export async function ensureGrants(engine: EngineClient, user: string, grants: readonly Grant[]): Promise<void> {
  for (const grant of grants) {
    const holder = grant.groupId === undefined ? { userIdIn: grant.userId ?? '' } : { groupIdIn: grant.groupId };
    const [stored] = await readGrants(engine, user, {
      resourceType: grant.resourceType,
      resourceId: grant.resourceId,
      ...holder,
    });
    if (stored !== undefined && sameSet(stored.permissions, grant.permissions)) continue;
    const body = {
      permissions: grant.permissions,
      groupId: grant.groupId ?? null,
      userId: grant.userId ?? null,
      resourceType: grant.resourceType,
      resourceId: grant.resourceId,
    };
    if (stored === undefined) {
      await engine.call({ user, method: 'POST', path: '/authorization/create', body: { type: grantType, ...body } });
    } else {
      await engine.call({ user, method: 'PUT', path: `/authorization/${stored.id}`, body });
    }
  }
}

/**
 * Makes the grants on one resource be exactly these; every other grant on it is taken back.
 * @returns whether anything had to be changed
 */
export async function replaceGrants(
  engine: EngineClient,
  user: string,
  resource: { readonly resourceType: number; readonly resourceId: string },
  grants: readonly { readonly groupId: string; readonly permissions: readonly string[] }[],
): Promise<boolean> {
  const stored = await readGrants(engine, user, resource);
  const wanted = new Map(grants.map((grant) => [grant.groupId, grant.permissions]));
  const surplus = stored.filter(({ groupId, permissions }) => {
    const permitted = groupId === null ? undefined : wanted.get(groupId);
    return permitted === undefined || !sameSet(permissions, permitted);
  });
  const kept = new Set(stored.filter((each) => !surplus.includes(each)).map((each) => each.groupId));
  for (const { id } of surplus) await engine.call({ user, method: 'DELETE', path: `/authorization/${id}` });
  const missing = [...wanted]
    .filter(([groupId]) => !kept.has(groupId))
    .map(([groupId, permissions]) => ({ groupId, permissions, ...resource }));
  await ensureGrants(engine, user, missing);
  return surplus.length + missing.length > 0;
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each) => b.includes(each));
}
