import { appendAudit, enqueueMail } from '../records/index.js';
import { movedCards } from '../cards/index.js';
import { recordEnded } from '../batch-rows/index.js';
import { prepared, type Transaction } from '../kernel/db/database.js';
import { batchRowAfter, cardMoveAfter } from '../domain/production-states.js';
import { systemActor } from '../domain/roles.js';
import { eraseSecrets, putDeliveryUnderWay } from './secrets/secret-delivery.js';
import { orderKeyText } from './backends/backend.js';
import { recordAccepted } from './order-ledger.js';
import { lockOrders, type OrderRow } from './order-store.js';
import { contradiction } from './production-mails.js';
import { notifyProcesses } from './production-process.js';
import type { Ending, LedgerKey, ProductionResult, ResultEffect } from './production-types.js';

/** The longest reason that is kept (characters); backends write what they like. */
const longestReason = 1_000;

/** A result without its backend. */
export type BackendResult = Omit<ProductionResult, 'backend'>;

/** Applies one result; see `applyResults`. */
export async function applyResult(trx: Transaction, { backend, ...result }: ProductionResult): Promise<ResultEffect> {
  const [effect] = await applyResults(trx, backend, [result]);
  return effect ?? 'not-ordered';
}

/**
 * Applies what a backend said about orders, at most one result of each: once, in any order, for any number of repeats. A
 * message that comes after the order has ended changes no card; where it says something else than what is on record,
 * production operators are notified, because there may be a card that nobody expects.
 * @returns the effect of each, in the same order
 */
export async function applyResults(
  trx: Transaction,
  backend: string,
  results: readonly BackendResult[],
): Promise<ResultEffect[]> {
  if (results.length === 0) return [];
  const fresh = await recordResults(trx, backend, results);
  const orders = new Map(
    (
      await lockOrders(
        trx,
        results.map(({ report }) => report),
      )
    ).map((order) => [orderKeyText(order), order]),
  );
  const isNews = ({ eventId, report }: BackendResult) =>
    fresh.has(eventId) && orders.get(orderKeyText(report))?.backend === backend;
  const news = results.filter(isNews).map(({ report }) => report);
  const changed = new Set([
    ...(
      await recordAccepted(
        trx,
        backend,
        news.filter((report) => report.state === 'accepted'),
      )
    ).map(orderKeyText),
    ...(
      await endOrders(
        trx,
        news.filter((report) => report.state !== 'accepted'),
      )
    ).map(orderKeyText),
  ]);
  const effects: ResultEffect[] = [];
  for (const each of results) {
    const order = orders.get(orderKeyText(each.report));
    if (!fresh.has(each.eventId)) effects.push('repeated');
    else if (order?.backend !== backend) effects.push('not-ordered');
    else effects.push(changed.has(orderKeyText(each.report)) ? 'applied' : await compare(trx, order, each.report));
  }
  await recordApplied(
    trx,
    backend,
    results.filter((_, index) => effects[index] === 'applied'),
  );
  return effects;
}

/** A result of an order that has ended before. */
async function compare(trx: Transaction, order: OrderRow, report: BackendResult['report']): Promise<ResultEffect> {
  if (report.state === 'accepted') return 'repeated';
  if (report.state === order.state) {
    if (report.state === 'produced') await addEvidence(trx, report);
    return 'repeated';
  }
  await recordContradiction(trx, order, report);
  return 'contradicts';
}

/** @returns ids of the events that were not known */
async function recordResults(
  trx: Transaction,
  backend: string,
  results: readonly BackendResult[],
): Promise<ReadonlySet<string>> {
  const rows = results.map(({ eventId, report }) => ({
    eventId,
    cardId: report.cardId,
    number: report.number,
    outcome: report.state,
    details: detailsOf(report),
  }));
  const { rows: fresh } = await trx
    .raw<{ rows: { eventId: string }[] }>(
      `insert into production_result (backend, event_id, card_id, number, outcome, applied, details)
       select :backend, r."eventId", r."cardId", r.number, r.outcome, false, r.details
       from jsonb_to_recordset(cast(:rows as jsonb)) as r ("eventId" text, "cardId" uuid, number integer, outcome text, details jsonb)
       on conflict (backend, event_id) do nothing returning event_id as "eventId"`,
      { backend, rows: JSON.stringify(rows) },
    )
    .options(prepared('record-results'));
  return new Set(fresh.map(({ eventId }) => eventId));
}

async function recordApplied(trx: Transaction, backend: string, results: readonly BackendResult[]): Promise<void> {
  if (results.length === 0) return;
  await trx
    .raw(
      `update production_result set applied = true
       where backend = :backend and event_id in (select jsonb_array_elements_text(cast(:events as jsonb)))`,
      { backend, events: JSON.stringify(results.map(({ eventId }) => eventId)) },
    )
    .options(prepared('note-applied'));
}

const endSql = `
  with given as materialized (
    select "cardId", number, state, move, "orderId", code, reason, evidence
    from jsonb_to_recordset(cast(:endings as jsonb)) as t (
      "cardId" uuid, number integer, state text, move text, "orderId" text, code text, reason text, evidence jsonb)),
  ended as (
    update production_order o set state = t.state, ended_at = now(), order_id = coalesce(t."orderId", o.order_id), reason_code = t.code,
      reason = t.reason, evidence = o.evidence || t.evidence, body = null, claimed_by = null, claimed_until = null, in_doubt_since = null
    from given t where o.card_id = t."cardId" and o.number = t.number and o.ended_at is null
    returning o.card_id, o.number, o.state, o.reason, o.backend, o.order_id, o.process_instance_id, o.definition_id, o.batch_id, t.code, t.move),
  going as (
    select card_id, move, cast(:actor as text) as actor, definition_id, jsonb_strip_nulls(jsonb_build_object(
      'number', number, 'backend', backend, 'orderId', order_id, 'code', code, 'reason', reason)) as details from ended),${movedCards()}
  select e.card_id as "cardId", e.number, e.state, e.reason, e.process_instance_id as "processInstanceId", e.batch_id as "batchId",
    m.id is not null as moved
  from ended e left join moved m on m.id = e.card_id`;

interface EndedOrder extends LedgerKey {
  readonly state: Ending['state'];
  readonly reason: string | null;
  readonly processInstanceId: string | null;
  readonly batchId: string | null;
  readonly moved: boolean;
}

/**
 * Ends live orders, and what hangs on each: its card, its sealed body, its PIN, its process or batch order.
 * @returns the orders that were live; the others have ended before, and nothing was changed about them
 */
export async function endOrders(
  trx: Transaction,
  endings: readonly (LedgerKey & Ending)[],
  actor = systemActor,
): Promise<LedgerKey[]> {
  if (endings.length === 0) return [];
  // Statements that order cards lock them in this order too.
  if (endings.length > 1) await lockCards(trx, endings);
  const ends = endings.map((ending) => ({
    cardId: ending.cardId,
    number: ending.number,
    state: ending.state,
    move: cardMoveAfter[ending.state],
    orderId: ending.orderId,
    code: ending.state === 'failed' ? ending.code : null,
    reason: 'reason' in ending ? (ending.reason?.slice(0, longestReason) ?? null) : null,
    evidence: ending.state === 'produced' ? ending.evidence : {},
  }));
  const { rows } = await trx
    .raw<{ rows: EndedOrder[] }>(endSql, { endings: JSON.stringify(ends), actor })
    .options(prepared('end-orders'));
  const stuck = rows.find((order) => !order.moved);
  if (stuck !== undefined) throw new Error(`the card ${stuck.cardId} has a live order and is not ordered`);
  await putDeliveryUnderWay(
    trx,
    rows.filter(({ state }) => state === 'produced'),
  );
  await eraseSecrets(
    trx,
    rows.filter(({ state }) => state !== 'produced'),
  );
  await notifyProcesses(
    trx,
    rows.filter(({ batchId }) => batchId === null),
  );
  await recordEnded(
    trx,
    rows.flatMap(({ cardId, number, state, batchId }) =>
      batchId === null ? [] : [{ batchId, cardId, number, state: batchRowAfter[state] }],
    ),
  );
  return rows;
}

async function lockCards(trx: Transaction, keys: readonly LedgerKey[]): Promise<void> {
  await trx
    .raw(
      `select from card where id in (select cast(id as uuid) from jsonb_array_elements_text(cast(:ids as jsonb)) as a (id)) order by id for update`,
      {
        ids: JSON.stringify(keys.map(({ cardId }) => cardId)),
      },
    )
    .options(prepared('lock-cards'));
}

/** A later message may prove more than the first, for example the chip UID. What is on record stays. */
async function addEvidence(
  trx: Transaction,
  report: Extract<Ending, { state: 'produced' }> & LedgerKey,
): Promise<void> {
  await trx('production_order')
    .where({ card_id: report.cardId, number: report.number })
    .update({ evidence: trx.raw('cast(? as jsonb) || evidence', [JSON.stringify(report.evidence)]) });
}

async function recordContradiction(trx: Transaction, order: OrderRow, report: Ending & LedgerKey): Promise<void> {
  const { cardId, number, backend, state } = order;
  await appendAudit(trx, [
    {
      actor: systemActor,
      action: 'production-contradicted',
      objectType: 'card',
      objectId: cardId,
      fromState: state,
      toState: report.state,
      details: { number, backend, ...detailsOf(report) },
    },
  ]);
  const card = await trx('card').where({ id: cardId }).first<{ number: string } | undefined>('number');
  await enqueueMail(trx, [
    contradiction({
      cardId,
      number,
      backend,
      cardNumber: card?.number ?? cardId,
      onRecord: state,
      reported: report.state,
    }),
  ]);
}

function detailsOf({
  cardId: _cardId,
  number: _number,
  state: _state,
  ...details
}: ProductionResult['report']): object {
  return details;
}
