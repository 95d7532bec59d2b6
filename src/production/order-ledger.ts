import { prepared, type Knex, type Transaction } from '../kernel/db/database.js';
import type { ProductionState } from '../domain/production-states.js';
import type { OrderKey, PreparedCard, Report } from './backends/backend.js';
import type { LedgerKey } from './production-types.js';

/** An order taken on to be handed over. */
export interface ClaimedIntent extends LedgerKey {
  /** Prepared before; null the first time. */
  readonly body: Buffer | null;
  /** Tries so far, this one included. */
  readonly attempts: number;
  /** Someone asked for it not to be made while it was being handed over; the backend did not take it. */
  readonly cancelReason: string | null;
}

/** An order taken on to be asked about. */
export interface ClaimedQuestion extends OrderKey {
  readonly calledAt: Date;
  readonly state: Extract<ProductionState, 'unknown' | 'submitted'>;
  readonly attempts: number;
  /** Its cancellation was requested, and the backend does not know yet. */
  readonly toCancel: boolean;
  readonly cancelRequestedBy: string | null;
  /** It has been in doubt for so long that "never heard of it" can be believed. */
  readonly settled: boolean;
}

/** Who has taken an order on, and for how long; a holder that dies gives it back by the time. */
export interface Claim {
  /** Unique to one claim: the fence against a holder that comes back late. */
  readonly holder: string;
  readonly leaseMs: number;
}

/** How accepted orders are asked about: the first pause doubles with each question up to the longest (milliseconds). */
export interface Polling {
  readonly firstMs: number;
  readonly longestMs: number;
}

export const defaultPolling: Polling = { firstMs: 2_000, longestMs: 300_000 };

const seconds = (ms: number): number => ms / 1_000;

const free = `(claimed_until is null or claimed_until < now())`;

/** A list of orders as one value: a statement that depends on its length would be planned anew for each. */
const keysSql = `select "cardId", number from jsonb_to_recordset(cast(:keys as jsonb)) as k ("cardId" uuid, number integer)`;
const keysOf = (keys: readonly LedgerKey[]): string =>
  JSON.stringify(keys.map(({ cardId, number }) => ({ cardId, number })));

/** Cards that an approval, or a variant that needs none, lets be made; all others only a direct order has made. */
const approved = `exists (select from card_request r where r.card_id = o.card_id and r.state = 'approved')`;

/**
 * The print ledger as the carrier works with it. The rule that makes two cards for one order impossible is in two
 * statements: `beginCalls` commits `call_began_at` before the backend is called, and nothing but `believeNotKnown` takes
 * it back once an answer is lost.
 */
export class OrderLedger {
  constructor(private readonly db: Knex) {}

  /**
   * Takes on orders that the backend was certainly not called for. Every orderer gets a turn: the first cards of all come
   * before the second ones, so that a single card waits for one card of each batch order, not for all of them.
   */
  async claimIntents(backend: string, limit: number, { holder, leaseMs }: Claim): Promise<ClaimedIntent[]> {
    const { rows } = await this.db.raw<{ rows: ClaimedIntent[] }>(
      // Materialized: some plans would run a plain subquery again for each row, and take more than the limit.
      `with due as materialized (
         select card_id, number from production_order
         where backend = :backend and ended_at is null and state = 'intent' and call_began_at is null and due_at <= now() and ${free}
         order by turn, due_at, card_id limit :limit for update skip locked)
       update production_order o set claimed_by = :holder, claimed_until = now() + make_interval(secs => :lease), attempts = attempts + 1
       from due where o.card_id = due.card_id and o.number = due.number
       returning o.card_id as "cardId", o.number, o.body, o.attempts, o.cancel_reason as "cancelReason"`,
      { backend, limit, holder, lease: seconds(leaseMs) },
    );
    return rows;
  }

  /**
   * Takes on orders that the backend has, or may have. A call that was begun by someone who is gone is in doubt from here
   * on.
   */
  async claimQuestions(
    backend: string,
    limit: number,
    settleMs: number,
    { holder, leaseMs }: Claim,
  ): Promise<ClaimedQuestion[]> {
    const { rows } = await this.db.raw<{ rows: ClaimedQuestion[] }>(
      `with due as materialized (
         select card_id, number from production_order
         where backend = :backend and ended_at is null and (state in ('unknown', 'submitted') or call_began_at is not null)
           and due_at <= now() and ${free}
         order by due_at, card_id limit :limit for update skip locked)
       update production_order o set state = case o.state when 'intent' then 'unknown' else o.state end,
         in_doubt_since = case o.state when 'intent' then now() else o.in_doubt_since end, claimed_by = :holder, claimed_until = now() + make_interval(secs => :lease), attempts = attempts + 1
       from due where o.card_id = due.card_id and o.number = due.number
       returning o.card_id as "cardId", o.number, o.order_id as "orderId", o.call_began_at as "calledAt", o.state, o.attempts,
         o.state = 'submitted' and o.cancel_requested_by is not null and o.cancel_sent_at is null as "toCancel",
         o.cancel_requested_by as "cancelRequestedBy",
         coalesce(o.in_doubt_since <= now() - make_interval(secs => :settle), false) as settled`,
      { backend, limit, holder, lease: seconds(leaseMs), settle: seconds(settleMs) },
    );
    return rows;
  }

  /** How many orders a backend has, may have, or is about to get. */
  async countAt(backend: string): Promise<number> {
    const { rows } = await this.db
      .raw<{ rows: { count: number }[] }>(
        `select count(*)::integer as count from production_order
         where backend = :backend and ended_at is null and (state <> 'intent' or call_began_at is not null or claimed_until > now())`,
        { backend },
      )
      .options(prepared('count-at-backend'));
    return rows[0]?.count ?? 0;
  }

  /** Keeps what will be sent, of the holder's orders that nothing is kept of yet. */
  async keepBodies(trx: Transaction, cards: readonly PreparedCard[], { holder }: Claim): Promise<void> {
    if (cards.length === 0) return;
    await trx
      .raw(
        `update production_order o set body = b.body
         from unnest(cast(:cards as uuid[]), cast(:numbers as integer[]), cast(:bodies as bytea[])) as b (card_id, number, body)
         where o.card_id = b.card_id and o.number = b.number and o.claimed_by = :holder and o.state = 'intent' and o.body is null`,
        {
          cards: cards.map(({ cardId }) => cardId),
          numbers: cards.map(({ number }) => number),
          bodies: cards.map(({ body }) => body),
          holder,
        },
      )
      .options(prepared('keep-bodies'));
  }

  /** An order could not be prepared; it is tried again after `delayMs`. No backend knows of it. */
  async prepareLater({ cardId, number }: LedgerKey, { holder }: Claim, delayMs: number, reason: string): Promise<void> {
    await this.db('production_order')
      .where({ card_id: cardId, number, claimed_by: holder, state: 'intent' })
      .whereNull('call_began_at')
      .update({ due_at: this.after(delayMs), reason, claimed_by: null, claimed_until: null });
  }

  /**
   * Records, before the backend is called, that it will be. Orders that were cancelled, lost to another holder, never
   * prepared, or that would need an approval by now, are left out. Direct orders lock the row that a switch of Request card
   * has to write: a call begins before the switch or not at all, even where this statement had to wait for its orders.
   */
  async beginCalls({ holder, leaseMs }: Claim): Promise<PreparedCard[]> {
    const { rows } = await this.db.raw<{ rows: PreparedCard[] }>(
      `with request_card as materialized (select enabled from use_case where id = 'request-card' for share)
       update production_order o set call_began_at = now(), claimed_until = now() + make_interval(secs => :lease)
       where claimed_by = :holder and claimed_until > now() and state = 'intent' and call_began_at is null and body is not null
         and cancel_requested_by is null and (${approved} or not exists (select from request_card where enabled))
       returning card_id as "cardId", number, body`,
      { holder, lease: seconds(leaseMs) },
    );
    return rows;
  }

  /** Orders of a holder that Request card has overtaken: without an approval they must not reach a backend any more. */
  async overtaken({ holder }: Claim): Promise<LedgerKey[]> {
    const { rows } = await this.db.raw<{ rows: LedgerKey[] }>(
      `select card_id as "cardId", number from production_order o
       where claimed_by = :holder and state = 'intent' and call_began_at is null and not ${approved}
         and exists (select from use_case where id = 'request-card' and enabled)`,
      { holder },
    );
    return rows;
  }

  /** The backend certainly has none of the holder's orders: they may be handed over again after `delayMs`. */
  async putBack({ holder }: Claim, delayMs: number, reason: string): Promise<number> {
    return this.release(holder, ['intent'], { call_began_at: null, due_at: this.after(delayMs), reason });
  }

  /** The backend may have the holder's orders: from here on they can only be asked about. */
  async doubt({ holder }: Claim, delayMs: number, reason: string): Promise<number> {
    return this.release(holder, ['intent'], {
      state: 'unknown',
      in_doubt_since: this.db.fn.now(),
      due_at: this.after(delayMs),
      attempts: 0,
      reason,
    });
  }

  /** Nothing was learnt of the holder's orders: they are asked about again after `delayMs`. */
  async askLater({ holder }: Claim, delayMs: number, keys: readonly LedgerKey[], reason: string | null): Promise<void> {
    if (keys.length === 0) return;
    await this.these(keys)
      .where({ claimed_by: holder })
      .whereIn('state', ['unknown', 'submitted'])
      .update({
        due_at: this.after(delayMs),
        claimed_by: null,
        claimed_until: null,
        ...(reason === null ? {} : { reason }),
      });
  }

  /** The backend never had these orders in doubt: they may be handed over, for the first time that counts. */
  async believeNotKnown(keys: readonly LedgerKey[], { holder }: Claim): Promise<void> {
    if (keys.length === 0) return;
    await this.these(keys).where({ claimed_by: holder, state: 'unknown' }).update({
      state: 'intent',
      call_began_at: null,
      in_doubt_since: null,
      due_at: this.db.fn.now(),
      attempts: 0,
      reason: null,
      claimed_by: null,
      claimed_until: null,
    });
  }

  /** The backend does not know orders that it had accepted; they stay accepted until that has settled. */
  async recordForgotten(keys: readonly LedgerKey[], { holder }: Claim, delayMs: number): Promise<void> {
    if (keys.length === 0) return;
    await this.these(keys)
      .where({ claimed_by: holder, state: 'submitted' })
      .update({
        in_doubt_since: this.db.raw('coalesce(in_doubt_since, now())'),
        due_at: this.after(delayMs),
        reason: 'The backend does not know this order any more; it is asked again.',
        claimed_by: null,
        claimed_until: null,
      });
  }

  /** Records that the backend knows of a cancellation. */
  async recordCancelSent({ cardId, number }: LedgerKey, { holder }: Claim): Promise<void> {
    await this.db('production_order')
      .where({ card_id: cardId, number, claimed_by: holder })
      .update({ cancel_sent_at: this.db.fn.now() });
  }

  /** Which of these orders the holder still has; those stay with it until the transaction ends. */
  async hold(trx: Transaction, keys: readonly LedgerKey[], { holder }: Claim): Promise<LedgerKey[]> {
    if (keys.length === 0) return [];
    const { rows } = await trx
      .raw<{ rows: LedgerKey[] }>(
        `select o.card_id as "cardId", o.number from production_order o where o.claimed_by = :holder and (o.card_id, o.number) in (${keysSql})
         order by o.card_id, o.number for update of o`,
        { holder, keys: keysOf(keys) },
      )
      .options(prepared('hold-orders'));
    return rows;
  }

  /** Milliseconds until an order of the backend is due, at most `most`; without `submitting`, only to be asked about. */
  async nextDueMs(backend: string, submitting: boolean, most: number): Promise<number> {
    const { rows } = await this.db.raw<{ rows: { ms: number | null }[] }>(
      `select ceil(extract(epoch from min(greatest(due_at, claimed_until)) - now()) * 1000)::integer as ms from production_order
       where backend = :backend and ended_at is null and (:submitting or state <> 'intent' or call_began_at is not null)`,
      { backend, submitting },
    );
    return Math.max(0, Math.min(most, rows[0]?.ms ?? most));
  }

  private these(keys: readonly LedgerKey[]): Knex.QueryBuilder {
    return this.db('production_order').whereRaw(`(card_id, number) in (${keysSql})`, { keys: keysOf(keys) });
  }

  private after(delayMs: number): Knex.Raw {
    return this.db.raw('now() + make_interval(secs => ?)', [seconds(delayMs)]);
  }

  private async release(holder: string, states: readonly ProductionState[], change: object): Promise<number> {
    return this.db('production_order')
      .where({ claimed_by: holder })
      .whereIn('state', [...states])
      .update({ ...change, claimed_by: null, claimed_until: null });
  }
}

/**
 * Records that a backend has accepted orders and has not ended them. A result is accepted from any caller at any time, so no claim is
 * asked for.
 * @returns the orders that were live
 */
export async function recordAccepted(
  db: Knex,
  backend: string,
  reports: readonly Extract<Report, { state: 'accepted' }>[],
  polling: Polling = defaultPolling,
): Promise<LedgerKey[]> {
  if (reports.length === 0) return [];
  const { rows } = await db.raw<{ rows: LedgerKey[] }>(
    // Results of the same orders may come at this very moment: every statement that locks several locks them in one order.
    `with answered as (select * from json_to_recordset(cast(:accepted as json)) as a(card_id uuid, number integer, order_id text, message text)),
     locked as materialized (
       select o.card_id, o.number from production_order o join answered using (card_id, number) order by o.card_id, o.number for update of o)
     update production_order o set state = 'submitted', order_id = a.order_id, submitted_at = coalesce(o.submitted_at, now()),
       in_doubt_since = null, reason = a.message, reason_code = null, claimed_by = null, claimed_until = null,
       attempts = case when o.state = 'submitted' then o.attempts else 0 end,
       due_at = now() + make_interval(secs => least(:longest, :first * case when o.state = 'submitted' then power(2, least(o.attempts, 16)) else 1 end)
         * (0.8 + 0.4 * random()))
     from locked l join answered a using (card_id, number)
     where o.card_id = l.card_id and o.number = l.number and o.backend = :backend and o.ended_at is null
     returning o.card_id as "cardId", o.number`,
    {
      first: seconds(polling.firstMs),
      longest: seconds(polling.longestMs),
      backend,
      accepted: JSON.stringify(
        reports.map(({ cardId, number, orderId, message }) => ({
          card_id: cardId,
          number,
          order_id: orderId,
          message,
        })),
      ),
    },
  );
  return rows;
}
