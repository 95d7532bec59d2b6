import { groups, type Role } from '../domain/roles.js';

/** A person whose password or session was verified, with what the engine's identity service says about them now. */
export interface SignedInUser {
  /** Account in the engine's identity service. */
  readonly id: string;
  /** Given and family name, or the account where the directory has none. */
  readonly name: string;
  readonly groups: readonly string[];
  readonly roles: ReadonlySet<Role>;
}

/** The roles that membership in these groups of the engine gives. */
export function rolesOf(memberships: readonly string[]): Set<Role> {
  const entries = Object.entries(groups) as [Role, string][];
  return new Set(entries.filter(([, group]) => memberships.includes(group)).map(([role]) => role));
}
