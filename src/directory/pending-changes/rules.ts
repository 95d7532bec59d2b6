import type { Role } from '../../domain/roles.js';
import { conflictsOf } from '../../domain/separation-of-duties.js';
import type { Knex } from '../../kernel/db/database.js';
import { ProductError } from '../../kernel/errors.js';
import type { AccountDirectory } from '../accounts/account-directory.js';
import { refusesRoleConflicts, secondAdministratorWithin } from '../options/options.js';

/**
 * Refuses, where the option says so, roles that do not go together. What an account has already is not held against it.
 * @throws ProductError `roles-conflict`
 */
export async function assertRolesGoTogether(
  db: Knex,
  before: ReadonlySet<Role>,
  after: ReadonlySet<Role>,
): Promise<void> {
  const known = conflictsOf(before);
  const [conflict] = conflictsOf(after).filter((each) => !known.includes(each));
  if (conflict === undefined || !(await refusesRoleConflicts(db))) return;
  throw new ProductError(
    'roles-conflict',
    `${conflict.roles.join(' and ')} do not go together: ${conflict.why} Give them to two people.`,
  );
}

/**
 * Refuses what would let an administrator confirm their own changes, as long as a second one is asked.
 * @param cure a sentence
 * @throws ProductError `second-administrator`
 */
export async function refuseWhileConfirmed(db: Knex, cure: string): Promise<void> {
  if ((await secondAdministratorWithin(db)) !== null) throw new ProductError('second-administrator', cure);
}

/** @throws ProductError `second-administrator` where there is nobody who could confirm */
export async function assertSecondAdministrator(directory: AccountDirectory): Promise<void> {
  if ((await directory.members('admin')).size >= 2) return;
  throw new ProductError(
    'second-administrator',
    'There is only one administrator, so nobody could confirm a change. Make someone else one first.',
  );
}
