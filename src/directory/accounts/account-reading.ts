import type { Knex } from '../../kernel/db/database.js';
import { canonicalAccount } from '../../domain/identities.js';
import type { Role } from '../../domain/roles.js';
import { conflictsOf, type RoleConflict } from '../../domain/separation-of-duties.js';
import type { DirectoryAccount } from './account-directory.js';

/** An account as administrators see it. */
export interface AccountView {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly roles: readonly Role[];
  readonly conflicts: readonly RoleConflict[];
  /** ISO 8601; null for someone who has not signed in on a page so far. */
  readonly lastSignInAt: string | null;
  readonly secondFactor: { readonly enrolled: boolean; readonly required: boolean };
  /** The card holder that the account belongs to. */
  readonly holderId: string | null;
}

/** Accounts with what our own tables know of them. */
export async function viewAccounts(db: Knex, accounts: readonly DirectoryAccount[]): Promise<AccountView[]> {
  const ids = accounts.map(({ id }) => id);
  const [signIns, enrolled, asked, holders] = await Promise.all([
    db('account_sign_in').whereIn('account', ids).select<{ account: string; at: Date }[]>('account', 'at'),
    db('second_factor').whereIn('account', ids).where({ confirmed: true }).pluck<string[]>('account'),
    db('second_factor_rule').whereIn('account', ids).pluck<string[]>('account'),
    db('holder')
      .whereIn('account', ids.map(canonicalAccount))
      .select<{ account: string; id: string }[]>('account', 'id'),
  ]);
  const lastSignIn = new Map(signIns.map(({ account, at }) => [account, at.toISOString()]));
  const holderOf = new Map(holders.map(({ account, id }) => [account, id]));
  return accounts.map(({ id, firstName, lastName, email, roles }) => ({
    id,
    name: `${firstName} ${lastName}`.trim(),
    email,
    roles: [...roles],
    conflicts: conflictsOf(roles),
    secondFactor: { enrolled: enrolled.includes(id), required: asked.includes(id) },
    lastSignInAt: lastSignIn.get(id) ?? null,
    holderId: holderOf.get(canonicalAccount(id)) ?? null,
  }));
}
