import type { Knex } from '../kernel/db/database.js';
import type { BatchKind } from '../domain/batch-states.js';
import type { Role } from '../domain/roles.js';
import { ProductError } from '../kernel/errors.js';
import type { SignedInUser } from '../web/signed-in-user.js';
import { getBatch } from '../batch-rows/index.js';
import type { BatchFilter } from '../batch-rows/batch-reading.js';
import type { BatchDetails } from '../batch-rows/batch-types.js';

/** Roles that work with batch orders of a kind. */
export const batchReaders = ['producer', 'operator', 'approver', 'admin'] as const satisfies readonly Role[];

/** Whose work each kind is: they order it, and withdraw what they have ordered. */
const workers: Readonly<Record<BatchKind, Role>> = { issue: 'producer', request: 'operator' };

/** Roles that see all batch orders of a kind; an operator who has none of them sees their own requests. */
const seeAll: Readonly<Record<BatchKind, readonly Role[]>> = {
  issue: ['producer', 'admin'],
  request: ['approver', 'producer', 'admin'],
};

/** Which batch orders a person sees in a list. */
export function visibleTo(user: SignedInUser): Pick<BatchFilter, 'kinds' | 'owner'> {
  const kinds = (['issue', 'request'] as const).filter((kind) => seeAll[kind].some((role) => user.roles.has(role)));
  return kinds.length > 0 ? { kinds } : { kinds: ['request'], owner: user.id };
}

/** A batch order that a person may see. @throws ProductError `not-found`, also for one that the person may not see */
export async function getVisible(db: Knex, user: SignedInUser, id: string): Promise<BatchDetails> {
  const batch = await getBatch(db, id);
  if (seeAll[batch.kind].some((role) => user.roles.has(role)) || batch.owner === user.id) return batch;
  throw new ProductError('not-found', 'There is no such batch order.');
}

/** True where batch orders of a kind are a person's work. */
export function worksOn(user: SignedInUser, kind: BatchKind): boolean {
  return user.roles.has(workers[kind]);
}

/** @throws ProductError `forbidden` for somebody whose work batch orders of this kind are not */
export function assertWorksOn(user: SignedInUser, kind: BatchKind): void {
  if (worksOn(user, kind)) return;
  throw new ProductError(
    'forbidden',
    kind === 'issue' ? 'Only production operators order the production of cards.' : 'Only operators request cards.',
  );
}
