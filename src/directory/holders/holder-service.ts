import type { Knex } from '../../kernel/db/database.js';
import { ProductError } from '../../kernel/errors.js';
import { holderById, holdersByReference, searchHolders } from './holder-store.js';
import { holderName, type Holder, type HolderMatches, type HolderState } from './holder-types.js';

/** Most matches that a search gives out: what a choice in a form can show. */
export const mostMatches = 50;

/**
 * Finds holders by words of employee number, name, UPN or e-mail.
 * @param options.limit 1 to 50, by default 50
 * @param options.state only holders in this state
 */
export function findHolders(
  db: Knex,
  query: string,
  options: { readonly limit?: number; readonly state?: HolderState } = {},
): Promise<HolderMatches> {
  const limit = Math.min(mostMatches, Math.max(1, options.limit ?? mostMatches));
  return searchHolders(db, query, limit, options.state);
}

/**
 * The one holder that an id, employee number, UPN or e-mail names.
 * @throws ProductError `holder-unknown`, `holder-ambiguous`
 */
export async function resolveHolder(db: Knex, reference: string): Promise<Holder> {
  const [holder, other] = await holdersByReference(db, reference);
  if (holder === undefined) {
    throw new ProductError(
      'holder-unknown',
      `There is no card holder with the employee number, UPN or e-mail "${reference.slice(0, 200)}".`,
    );
  }
  if (other === undefined) return holder;
  throw new ProductError(
    'holder-ambiguous',
    `"${reference}" belongs to ${nameAndNumber(holder)} and to ${nameAndNumber(other)}. Give the employee number instead.`,
  );
}

/** @throws ProductError `not-found` */
export async function getHolder(db: Knex, id: string): Promise<Holder> {
  const holder = await holderById(db, id);
  if (holder === null) throw new ProductError('not-found', 'There is no such card holder.');
  return holder;
}

function nameAndNumber(holder: Holder): string {
  return `${holderName(holder)} (${holder.employeeNumber})`;
}
