import { appendAudit } from '../audit/audit-store.js';
import type { Transaction } from '../db/database.js';
import { cardStateAfter } from '../domain/production-states.js';
import { systemActor } from '../domain/roles.js';
import { enqueueMail } from '../mail/mail-outbox.js';
import { eraseSecrets, putDeliveryUnderWay } from '../secrets/secret-delivery.js';
import { noteAccepted } from './order-ledger.js';
import { lockOrder, type OrderRow } from './order-store.js';
import { contradiction } from './production-mails.js';
import { tellProcess } from './production-process.js';
import type { Ending, LedgerKey, ProductionResult, ResultEffect } from './production-types.js';

/** The longest reason that is kept (characters); backends write what they like. */
const longestReason = 1_000;

/**
 * Applies what a backend said about an order: once, in any order, however often it is said. A message that comes after the
 * order has ended changes no card; where it says something else than what is on record, production operators are told,
 * because there may be a card that nobody expects.
 */
export async function applyResult(trx: Transaction, result: ProductionResult): Promise<ResultEffect> {
  const { backend, eventId, report } = result;
  const fresh = await trx('production_result')
    .insert({
      backend,
      event_id: eventId,
      card_id: report.cardId,
      number: report.number,
      outcome: report.state,
      applied: false,
      details: JSON.stringify(detailsOf(report)),
    })
    .onConflict(['backend', 'event_id'])
    .ignore()
    .returning<{ event_id: string }[]>('event_id');
  if (fresh.length === 0) return 'repeated';
  const order = await lockOrder(trx, report);
  if (order?.backend !== backend) return 'not-ordered';
  if (report.state === 'accepted' ? (await noteAccepted(trx, backend, [report])) > 0 : await endOrder(trx, report, report)) {
    await trx('production_result').where({ backend, event_id: eventId }).update({ applied: true });
    return 'applied';
  }
  if (report.state === 'accepted') return 'repeated';
  if (report.state === order.state) {
    if (report.state === 'produced') await addEvidence(trx, report);
    return 'repeated';
  }
  await recordContradiction(trx, order, report);
  return 'contradicts';
}

/**
 * Ends a live order, and what hangs on it: its card, its sealed body, its PIN, its process.
 * @returns false when the order has ended before; nothing was changed then
 */
export async function endOrder(trx: Transaction, { cardId, number }: LedgerKey, ending: Ending, actor = systemActor): Promise<boolean> {
  const reason = 'reason' in ending ? (ending.reason?.slice(0, longestReason) ?? null) : null;
  const { rows } = await trx.raw<{ rows: { backend: string; processInstanceId: string | null; moved: boolean }[] }>(
    `with ended as (
       update production_order set state = :state, ended_at = now(), order_id = coalesce(:orderId, order_id), reason_code = :code,
         reason = :reason, evidence = evidence || cast(:evidence as jsonb), body = null, claimed_by = null, claimed_until = null,
         in_doubt_since = null
       where card_id = cast(:cardId as uuid) and number = cast(:number as integer) and ended_at is null
       returning card_id, number, backend, order_id, process_instance_id, definition_id),
     moved as (
       update card c set state = :cardState, changed_at = now() from ended where c.id = ended.card_id and c.state = 'ordered' returning c.id),
     recorded as (
       insert into audit (actor, action, object_type, object_id, from_state, to_state, process_key, process_version, details)
       select :actor, 'card-' || :state, 'card', e.card_id::text, 'ordered', :cardState, v.process_key, v.version,
         jsonb_strip_nulls(jsonb_build_object('number', e.number, 'backend', e.backend, 'orderId', e.order_id,
           'code', cast(:code as text), 'reason', cast(:reason as text)))
       from ended e left join process_version v on v.definition_id = e.definition_id)
     select backend, process_instance_id as "processInstanceId", exists (select from moved) as moved from ended`,
    {
      cardId,
      number,
      actor,
      reason,
      state: ending.state,
      cardState: cardStateAfter[ending.state],
      orderId: ending.orderId,
      code: ending.state === 'failed' ? ending.code : null,
      evidence: JSON.stringify(ending.state === 'produced' ? ending.evidence : {}),
    },
  );
  const [order] = rows;
  if (order === undefined) return false;
  if (!order.moved) throw new Error(`the card ${cardId} has a live order and is not ordered`);
  await (ending.state === 'produced' ? putDeliveryUnderWay : eraseSecrets)(trx, { cardId, number });
  await tellProcess(trx, { cardId, number, processInstanceId: order.processInstanceId }, { state: ending.state, reason });
  return true;
}

/** A later message may prove more than the first, for example the chip UID. What is on record stays. */
async function addEvidence(trx: Transaction, report: Extract<Ending, { state: 'produced' }> & LedgerKey): Promise<void> {
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
  await enqueueMail(trx, [contradiction({ cardId, number, backend, cardNumber: card?.number ?? cardId, onRecord: state, told: report.state })]);
}

function detailsOf({ cardId: _cardId, number: _number, state: _state, ...details }: ProductionResult['report']): object {
  return details;
}
