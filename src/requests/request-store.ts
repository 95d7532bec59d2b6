import { randomUUID } from 'node:crypto';
import { prepared, type Knex } from '../db/database.js';
import type { RequestState } from '../domain/request-states.js';
import type { RequestRow } from './request-types.js';

const rowColumns = {
  id: 'r.id',
  state: 'r.state',
  reason: 'r.reason',
  requester: 'r.requester',
  source: 'r.source',
  definitionId: 'r.definition_id',
  processInstanceId: 'r.process_instance_id',
  cardId: 'r.card_id',
  cardType: 'r.card_type',
  cardTypeName: 't.name',
  holderId: 'r.holder_id',
  holderAccount: 'h.account',
  createdAt: 'r.created_at',
  decideBefore: 'r.decide_before',
  processKey: 'v.process_key',
  processVersion: 'v.version',
} as const;

/** Reads one request and keeps it from changing until the transaction ends. */
export async function lockRequest(db: Knex, where: { id: string } | { processInstanceId: string }): Promise<RequestRow | null> {
  const column = 'id' in where ? { 'r.id': where.id } : { 'r.process_instance_id': where.processInstanceId };
  const row = await db('card_request as r')
    .join('holder as h', 'h.id', 'r.holder_id')
    .join('card_type as t', 't.id', 'r.card_type')
    .join('process_version as v', 'v.definition_id', 'r.definition_id')
    .where(column)
    .forUpdate('r')
    .options(prepared('id' in where ? 'lock-request' : 'lock-request-of-instance'))
    .select(rowColumns)
    .first<RequestRow | undefined>(db.raw(`h.given_name || ' ' || h.family_name as "holderName"`));
  return row ?? null;
}

export interface NewRequest {
  readonly holderId: string;
  readonly cardType: string;
  readonly requester: string;
  readonly source: 'tasklist' | 'api';
  readonly definitionId: string;
  readonly processInstanceId: string | null;
  readonly decideWithin: string | null;
}

/** Inserts a request in the state `registered` and returns its id; the unique index refuses a second open one. */
export async function insertRequest(db: Knex, request: NewRequest): Promise<string> {
  const id = randomUUID();
  await db('card_request').insert({
    id,
    holder_id: request.holderId,
    card_type: request.cardType,
    requester: request.requester,
    source: request.source,
    state: 'registered',
    definition_id: request.definitionId,
    process_instance_id: request.processInstanceId,
    decide_within: request.decideWithin,
  });
  return id;
}

/**
 * Gives a registered request its card and moves both to `state`, in one statement. `process_instance_id` is the fence:
 * only the instance that holds it, or the first to come, gets through.
 */
export async function moveToRegistered(
  db: Knex,
  request: { id: string; state: 'requested' | 'approved'; processInstanceId: string },
): Promise<{ cardId: string; decideBefore: Date | null } | null> {
  const cardId = randomUUID();
  const result = await db
    .raw<{ rows: { decideBefore: Date | null }[] }>(
      `with fenced as (
         select id, holder_id, card_type from card_request
         where id = :id and state = 'registered' and (process_instance_id is null or process_instance_id = :instance)),
       made as (
         insert into card (id, holder_id, card_type, state)
         select cast(:cardId as uuid), holder_id, card_type, :state from fenced returning id)
       update card_request r set state = :state, card_id = made.id, process_instance_id = :instance, registered_at = now(),
         decide_before = case when :state = 'requested' then now() + decide_within::interval end,
         ended_at = case when :state = 'approved' then now() end
       from made where r.id = :id returning r.decide_before as "decideBefore"`,
      { ...request, instance: request.processInstanceId, cardId },
    )
    .options(prepared('move-to-registered'));
  const row = result.rows[0];
  return row === undefined ? null : { cardId, decideBefore: row.decideBefore };
}

/** Moves a card by compare-and-set; false when it is in another state by now. */
export async function moveCard(db: Knex, id: string, from: string, to: string): Promise<boolean> {
  const moved = await db('card').where({ id, state: from }).update({ state: to, changed_at: db.fn.now() }).options(prepared('move-card'));
  return moved === 1;
}

/** Ends a request and its card (which follows it up to the decision) by compare-and-set. */
export async function endRequest(
  db: Knex,
  request: { id: string; cardId: string | null; from: RequestState; to: RequestState; reason: string | null },
): Promise<boolean> {
  const moved = await db('card_request')
    .where({ id: request.id, state: request.from })
    .update({ state: request.to, reason: request.reason, ended_at: db.fn.now() });
  if (moved !== 1) return false;
  return request.cardId === null || moveCard(db, request.cardId, request.from, request.to);
}

/** Lets the next instance that comes take over an open request whose own instance is gone. */
export async function releaseFence(db: Knex, id: string, processInstanceId: string): Promise<boolean> {
  const open = db('card_request').where({ id, process_instance_id: processInstanceId }).whereNull('ended_at');
  return (await open.update({ process_instance_id: null })) === 1;
}

/** Makes `processInstanceId` the instance of a request that has none. */
export async function takeFence(db: Knex, id: string, processInstanceId: string): Promise<void> {
  await db('card_request').where({ id }).whereNull('process_instance_id').update({ process_instance_id: processInstanceId });
}
