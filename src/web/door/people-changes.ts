import { groups, technicalAccounts } from '../../domain/roles.js';
import type { EngineClient } from '../../engine/client.js';
import { ProductError } from '../../kernel/errors.js';

/** The engine's own group of those who may do everything; only technical accounts are in it. */
const ENGINE_ADMINISTRATORS = 'camunda-admin';

/**
 * Refuses changes of what the installation stands on: technical accounts, the engine's own administrators, and the
 * groups that roles follow from, whose members may change.
 * @param params `account` and `group` of the call's path
 * @throws ProductError `forbidden`
 */
export function assertPeople({ account, group }: Readonly<Record<string, string>>): void {
  const fixedGroups: readonly string[] =
    account === undefined ? [...Object.values(groups), ENGINE_ADMINISTRATORS] : [ENGINE_ADMINISTRATORS];
  const fixedAccounts: readonly string[] = Object.values(technicalAccounts);
  const found = [account, group].find(
    (id) => id !== undefined && (fixedAccounts.includes(id) || fixedGroups.includes(id)),
  );
  if (found !== undefined)
    throw new ProductError('forbidden', `${found} belongs to the installation and is not changed here.`);
}

/**
 * Refuses to remove the only administrator, or to take the role from them.
 * @param params `account` and `group` of the path of a removal
 * @throws ProductError `last-administrator`
 */
export async function assertAdministratorLeft(
  engine: EngineClient,
  { account, group }: Readonly<Record<string, string>>,
): Promise<void> {
  if (account === undefined || (group !== undefined && group !== groups.admin)) return;
  const members = await engine.call<{ id: string }[]>({
    user: technicalAccounts.server,
    path: '/user',
    query: { memberOfGroup: groups.admin },
  });
  if (members.every(({ id }) => id === account) && members.length > 0) {
    throw new ProductError('last-administrator', `${account} is the only administrator: make someone else one first.`);
  }
}

/** The body of a change of names and address. The engine would take the account from it rather than from the path. */
export function ownProfile({ account }: Readonly<Record<string, string>>, body: unknown): Record<string, unknown> {
  return { ...(typeof body === 'object' ? body : {}), id: account };
}
