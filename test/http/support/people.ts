import { groups, type Role } from '../../../src/domain/roles.js';
import type { SignedInUser } from '../../../src/web/signed-in-user.js';

/** A signed-in person with these roles, for tests that need no directory. */
export function person(id: string, ...roles: Role[]): SignedInUser {
  return { id, name: id, groups: roles.map((role) => groups[role]), roles: new Set(roles) };
}
