import { createHash } from 'node:crypto';
import { ProductError } from '../errors.js';
import type { Transaction } from './database.js';

/** What a caller says to make a repeat recognisable. */
export interface Repeatable {
  readonly account: string;
  /** The `Idempotency-Key` header; without one every call counts. */
  readonly key: string | null;
  /** What is asked for, as plain data: the same key with something else is refused. */
  readonly request: unknown;
}

/**
 * Does `make` once for an account and key; a repeat gets the id that the first call made.
 * @throws ProductError `idempotency-mismatch` when the key was used for another request
 */
export async function once(
  trx: Transaction,
  { account, key, request }: Repeatable,
  make: () => Promise<string>,
): Promise<{ id: string; repeated: boolean }> {
  if (key === null) return { id: await make(), repeated: false };
  const hash = createHash('sha256').update(JSON.stringify(request)).digest('hex');
  // Two requests with one key at once: the second waits here for the first.
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`${account}\n${key}`]);
  const known = await trx('idempotency_key')
    .where({ account, key })
    .first<{ request_hash: string; resource_id: string } | undefined>('request_hash', 'resource_id');
  if (known !== undefined) {
    if (known.request_hash === hash) return { id: known.resource_id, repeated: true };
    throw new ProductError(
      'idempotency-mismatch',
      'This Idempotency-Key was used for another request. Use a new key for a new request.',
    );
  }
  const id = await make();
  await trx('idempotency_key').insert({ account, key, request_hash: hash, resource_id: id });
  return { id, repeated: false };
}
