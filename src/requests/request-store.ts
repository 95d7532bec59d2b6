import { randomUUID } from 'node:crypto';
import { prepared, type Knex } from '../kernel/db/database.js';
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
  batchId: 'r.batch_id',
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
export async function lockRequest(
  db: Knex,
  where: { id: string } | { processInstanceId: string },
): Promise<RequestRow | null> {
  const column = 'id' in where ? { 'r.id': where.id } : { 'r.process_instance_id': where.processInstanceId };
  const row = await joined(db)
    .where(column)
    .forUpdate('r')
    .options(prepared('id' in where ? 'lock-request' : 'lock-request-of-instance'))
    .select(rowColumns)
    .first<RequestRow | undefined>(holderName(db));
  return row ?? null;
}

function joined(db: Knex): Knex.QueryBuilder {
  return db('card_request as r')
    .join('holder as h', 'h.id', 'r.holder_id')
    .join('card_type as t', 't.id', 'r.card_type')
    .join('process_version as v', 'v.definition_id', 'r.definition_id');
}

function holderName(db: Knex): Knex.Raw {
  return db.raw(`h.given_name || ' ' || h.family_name as "holderName"`);
}

/** A request of a batch order, with its place in the list and the fingerprint of what is shown of it. */
export interface BatchRequestRow extends RequestRow {
  readonly ordinal: number;
  readonly seen: string | null;
}

export interface WaitingRequests {
  readonly waiting: readonly BatchRequestRow[];
  /** Place after which the next ones are; null when there are no more. */
  readonly last: number | null;
}

/** Reads requests of a batch order that wait for a decision, in the order of the list, and keeps them from changing. */
export async function lockWaiting(db: Knex, batchId: string, after: number, limit: number): Promise<WaitingRequests> {
  const places = await db('batch_row')
    .where({ batch_id: batchId, state: 'ordered' })
    .where('ordinal', '>', after)
    .orderBy('ordinal')
    .limit(limit)
    .select<{ requestId: string; ordinal: number; seen: string | null }[]>({
      requestId: 'request_id',
      ordinal: 'ordinal',
      seen: 'seen',
    });
  // By their keys: of requests that have just been registered the planner knows nothing, and a join would read them again for each place.
  const requests = await joined(db)
    .whereRaw('r.id = any(cast(? as uuid[]))', [places.map(({ requestId }) => requestId)])
    // Locked in one order, so that nobody deadlocks.
    .orderBy('r.id')
    .forUpdate('r')
    .select<RequestRow[]>(rowColumns, holderName(db));
  const byId = new Map(requests.map((request) => [request.id, request]));
  const waiting = places.flatMap(({ requestId, ordinal, seen }) => {
    const request = byId.get(requestId);
    return request?.state === 'requested' ? [{ ...request, ordinal, seen }] : [];
  });
  return { waiting, last: places.length < limit ? null : (places.at(-1)?.ordinal ?? null) };
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

/** A request that comes to its end; its card, where it has one, follows it. */
export interface EndedRequest {
  readonly id: string;
  readonly to: RequestState;
  readonly reason: string | null;
}

/** Ends requests and their cards (which follow them up to the decision) by compare-and-set; false where one was in another state. */
export async function endRequests(db: Knex, from: RequestState, ended: readonly EndedRequest[]): Promise<boolean> {
  const { rows } = await db
    .raw<{ rows: [{ all: boolean }] }>(
      `with moved as (
         update card_request r set state = e.to, reason = e.reason, ended_at = now()
         from jsonb_to_recordset(cast(:ended as jsonb)) as e (id uuid, "to" text, reason text)
         where r.id = e.id and r.state = :from returning r.card_id, r.state),
       followed as (
         update card c set state = m.state, changed_at = now() from moved m where c.id = m.card_id and c.state = :from returning c.id)
       select (select count(*) from moved) = cast(:expected as integer)
         and (select count(card_id) from moved) = (select count(*) from followed) as all`,
      { from, ended: JSON.stringify(ended), expected: ended.length },
    )
    .options(prepared('end-requests'));
  return rows[0].all;
}

/** Requests of a batch order, as they are inserted: all of one card type, in the name of one person. */
export interface NewBatchRequests extends Omit<NewRequest, 'holderId' | 'processInstanceId'> {
  readonly batchId: string;
  readonly holderIds: readonly string[];
}

/**
 * Inserts requests in the state `registered`. A holder who has an open request for the card type already gets none.
 * @returns whose request has which id
 */
export async function insertBatchRequests(
  db: Knex,
  { holderIds, ...request }: NewBatchRequests,
): Promise<{ id: string; holderId: string }[]> {
  const { rows } = await db.raw<{ rows: { id: string; holderId: string }[] }>(
    `insert into card_request (id, holder_id, card_type, requester, source, state, definition_id, batch_id, decide_within)
     select gen_random_uuid(), cast(h.id as uuid), :cardType, :requester, :source, 'registered', :definitionId, cast(:batchId as uuid), :decideWithin
     from jsonb_array_elements_text(cast(:holders as jsonb)) as h (id)
     on conflict (holder_id, card_type) where ended_at is null do nothing
     returning id, holder_id as "holderId"`,
    { ...request, holders: JSON.stringify([...holderIds].sort()) },
  );
  return rows;
}

/** Gives the registered requests of a batch order their cards and moves both to `state`. */
export async function moveBatchToRegistered(
  db: Knex,
  { batchId, state }: { readonly batchId: string; readonly state: 'requested' | 'approved' },
): Promise<{ id: string; cardId: string }[]> {
  const { rows } = await db.raw<{ rows: { id: string; cardId: string }[] }>(
    `with registered as (
       select id, holder_id, card_type, gen_random_uuid() as card from card_request where batch_id = :batchId and state = 'registered'),
     made as (
       insert into card (id, holder_id, card_type, state) select card, holder_id, card_type, :state from registered returning id)
     update card_request r set state = :state, card_id = made.id, registered_at = now(),
       decide_before = case when :state = 'requested' then now() + cast(decide_within as interval) end,
       ended_at = case when :state = 'approved' then now() end
     from registered g join made on made.id = g.card where r.id = g.id returning r.id, r.card_id as "cardId"`,
    { batchId, state },
  );
  return rows;
}

/** Lets the next instance that comes take over an open request whose own instance is gone. */
export async function releaseFence(db: Knex, id: string, processInstanceId: string): Promise<boolean> {
  const open = db('card_request').where({ id, process_instance_id: processInstanceId }).whereNull('ended_at');
  return (await open.update({ process_instance_id: null })) === 1;
}

/** Makes `processInstanceId` the instance of a request that has none. */
export async function claimInstance(db: Knex, id: string, processInstanceId: string): Promise<void> {
  await db('card_request')
    .where({ id })
    .whereNull('process_instance_id')
    .update({ process_instance_id: processInstanceId });
}
