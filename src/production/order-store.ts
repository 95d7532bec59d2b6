import { prepared, type Knex } from '../kernel/db/database.js';
import type { ProductionState } from '../domain/production-states.js';
import type { LedgerKey } from './production-types.js';

/** A row of the ledger as the functions that end, cancel or spoil an order need it. */
export interface OrderRow extends LedgerKey {
  readonly backend: string;
  readonly state: ProductionState;
  readonly processInstanceId: string | null;
  readonly callBeganAt: Date | null;
  readonly cancelRequestedBy: string | null;
  readonly spoiltAt: Date | null;
}

const columns = {
  cardId: 'card_id',
  number: 'number',
  backend: 'backend',
  state: 'state',
  processInstanceId: 'process_instance_id',
  callBeganAt: 'call_began_at',
  cancelRequestedBy: 'cancel_requested_by',
  spoiltAt: 'spoilt_at',
} as const;

/** Reads one order and keeps it from changing until the transaction ends. */
export async function lockOrder(db: Knex, { cardId, number }: LedgerKey): Promise<OrderRow | null> {
  return (
    (await db('production_order')
      .where({ card_id: cardId, number })
      .forUpdate()
      .first<OrderRow | undefined>(columns)) ?? null
  );
}

/** Reads orders and keeps them from changing until the transaction ends; locked in one order, so that nobody deadlocks. */
export async function lockOrders(db: Knex, keys: readonly LedgerKey[]): Promise<OrderRow[]> {
  const list = Object.entries(columns).map(([name, column]) => `o.${column} as "${name}"`);
  const { rows } = await db
    .raw<{ rows: OrderRow[] }>(
      `select ${list.join(', ')} from production_order o
       join jsonb_to_recordset(cast(:keys as jsonb)) as k ("cardId" uuid, number integer) on o.card_id = k."cardId" and o.number = k.number
       order by o.card_id, o.number for update of o`,
      { keys: JSON.stringify(keys.map(({ cardId, number }) => ({ cardId, number }))) },
    )
    .options(prepared('lock-orders'));
  return rows;
}

/** The newest order of a card, or the newest one with a number below `below`. */
export async function newestOrder(db: Knex, cardId: string, below?: number): Promise<OrderRow | null> {
  const query = db('production_order').where({ card_id: cardId }).orderBy('number', 'desc');
  if (below !== undefined) query.where('number', '<', below);
  return (await query.first<OrderRow | undefined>(columns)) ?? null;
}
