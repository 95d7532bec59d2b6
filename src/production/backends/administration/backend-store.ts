import type { Knex, Transaction } from '../../../kernel/db/database.js';
import { whereNamed } from '../../../kernel/db/named.js';
import { ProductError } from '../../../kernel/errors.js';

/** A card production backend as administrators set it up. */
export interface Backend {
  readonly id: string;
  readonly name: string;
  /** Which adapter; never changes, because orders are on record with it. */
  readonly kind: string;
  /** As the adapter's schema has it: addresses and habits, never a secret. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Its cards are not real. */
  readonly simulated: boolean;
}

/** What all workers know of it at this moment. */
export interface BackendState {
  readonly circuit: 'closed' | 'open' | 'half-open';
  /** Calls in a row that failed. */
  readonly failures: number;
  /** No call before this moment, or null. */
  readonly retryAt: Date | null;
  readonly paused: boolean;
  readonly message: string | null;
  readonly supplies: Readonly<Record<string, string>>;
  readonly checkedAt: Date | null;
  readonly changedAt: Date | null;
}

const columns = ['id', 'name', 'kind', 'settings', 'simulated'] as const;

/** Backends by id, from the one after `after` on. @param q part of id or name */
export async function listBackends(db: Knex, limit: number, after?: string, q?: string): Promise<Backend[]> {
  const query = db('backend').orderBy('id').limit(limit).select<Backend[]>(columns);
  whereNamed(query, q);
  if (after !== undefined) query.where('id', '>', after);
  return query;
}

/** @throws ProductError `not-found` */
export async function getBackend(db: Knex, id: string): Promise<Backend> {
  const backend = await db('backend').where({ id }).first<Backend | undefined>(columns);
  if (backend === undefined) throw noSuchBackend(id);
  return backend;
}

/** One backend, kept from changing until the transaction ends. @throws ProductError `not-found` */
export async function lockBackend(trx: Transaction, id: string): Promise<Backend> {
  const backend = await trx('backend').where({ id }).forUpdate().first<Backend | undefined>(columns);
  if (backend === undefined) throw noSuchBackend(id);
  return backend;
}

/** Inserts a backend with a state of its own; false when there is one with this id. */
export async function insertBackend(db: Knex, { settings, ...backend }: Backend): Promise<boolean> {
  const inserted: unknown[] = await db('backend')
    .insert({ ...backend, settings: JSON.stringify(settings) })
    .onConflict('id')
    .ignore()
    .returning('id');
  if (inserted.length === 0) return false;
  await db('backend_state').insert({ backend: backend.id });
  return true;
}

/** A new `changed_at` makes workers create the adapter anew. */
export async function updateBackend(db: Knex, { id, name, settings, simulated }: Backend): Promise<void> {
  await db('backend')
    .where({ id })
    .update({ name, settings: JSON.stringify(settings), simulated, changed_at: db.fn.now() });
}

export async function deleteBackend(db: Knex, id: string): Promise<void> {
  await db('backend').where({ id }).delete();
}

/** What a backend is used by, in words: card types and how many orders; empty where it can be deleted. */
export async function usesOfBackend(db: Knex, id: string): Promise<string[]> {
  const types = await db('card_type').where({ backend: id }).orderBy('position').pluck<string[]>('name');
  const [orders] = await db('production_order').where({ backend: id }).count<{ count: string }[]>('* as count');
  const count = Number(orders?.count ?? 0);
  return [
    ...types.map((name) => `the card type ${name}`),
    ...(count === 0 ? [] : [`${count} production ${count === 1 ? 'order' : 'orders'} on record`]),
  ];
}

/** @throws ProductError `not-found` */
export async function getBackendState(db: Knex, id: string): Promise<BackendState> {
  const state = await db('backend as b')
    .leftJoin('backend_state as s', 's.backend', 'b.id')
    .where({ 'b.id': id })
    .first<(Partial<BackendState> & { circuit: BackendState['circuit'] | null }) | undefined>({
      circuit: 's.circuit',
      failures: 's.failures',
      retryAt: 's.retry_at',
      paused: 's.paused',
      message: 's.message',
      supplies: 's.supplies',
      checkedAt: 's.checked_at',
      changedAt: 's.changed_at',
    });
  if (state === undefined) throw noSuchBackend(id);
  return state.circuit === null ? unused : (state as BackendState);
}

/** Of a backend that no worker has looked at yet. */
const unused: BackendState = {
  circuit: 'closed',
  failures: 0,
  retryAt: null,
  paused: false,
  message: null,
  supplies: {},
  checkedAt: null,
  changedAt: null,
};

function noSuchBackend(id: string): ProductError {
  return new ProductError('not-found', `There is no card production backend "${id}".`);
}
