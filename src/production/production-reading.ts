import type { Knex } from '../kernel/db/database.js';
import type { ProductionState } from '../domain/production-states.js';
import { ProductError } from '../kernel/errors.js';
import type { Evidence } from './backends/backend.js';
import type { LedgerKey, OrderDetails } from './production-types.js';

interface Row {
  readonly number: number;
  readonly state: ProductionState;
  readonly backend: string;
  readonly order_id: string | null;
  readonly evidence: Evidence;
  readonly reason: string | null;
  readonly reason_code: string | null;
  readonly ordered_by: string;
  readonly ordered_at: Date;
  readonly submitted_at: Date | null;
  readonly cancel_requested_by: string | null;
  readonly ended_at: Date | null;
  readonly spoilt_by: string | null;
  readonly spoilt_at: Date | null;
  readonly spoilt_reason: string | null;
}

/** Everything but what was sealed. */
const columns = [
  'number',
  'state',
  'backend',
  'order_id',
  'evidence',
  'reason',
  'reason_code',
  'ordered_by',
  'ordered_at',
  'submitted_at',
  'cancel_requested_by',
  'ended_at',
  'spoilt_by',
  'spoilt_at',
  'spoilt_reason',
] as const;

/** The productions of a card, newest last. @throws ProductError `not-found` when there is no such card */
export async function listOrders(db: Knex, cardId: string): Promise<OrderDetails[]> {
  const rows = await db('production_order').where({ card_id: cardId }).orderBy('number').select<Row[]>(columns);
  if (rows.length === 0 && (await db('card').where({ id: cardId }).first('id')) === undefined) {
    throw new ProductError('not-found', 'There is no such card.');
  }
  return rows.map(toDetails);
}

/** One production of a card. @throws ProductError `not-found` */
export async function getOrder(db: Knex, { cardId, number }: LedgerKey): Promise<OrderDetails> {
  const row = await db('production_order').where({ card_id: cardId, number }).first<Row | undefined>(columns);
  if (row === undefined) throw new ProductError('not-found', `The card has no production ${number}.`);
  return toDetails(row);
}

function toDetails(row: Row): OrderDetails {
  const { spoilt_by: by, spoilt_at: at, spoilt_reason: reason } = row;
  return {
    number: row.number,
    state: row.state,
    backend: row.backend,
    orderId: row.order_id,
    evidence: row.evidence,
    reason: row.reason,
    reasonCode: row.reason_code,
    orderedBy: row.ordered_by,
    orderedAt: row.ordered_at.toISOString(),
    submittedAt: row.submitted_at?.toISOString() ?? null,
    cancelRequestedBy: row.cancel_requested_by,
    endedAt: row.ended_at?.toISOString() ?? null,
    spoilt: by === null || at === null || reason === null ? null : { by, at: at.toISOString(), reason },
  };
}
