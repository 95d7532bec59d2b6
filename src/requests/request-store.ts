import { randomUUID } from 'node:crypto';
import { prepared, type Knex } from '../kernel/db/database.js';
import { madeCards, movedCards } from '../cards/index.js';
import type { CardMove } from '../domain/card-states.js';
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
  holderAccounts: 'r.holder_accounts',
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
 * Writes what became of requests into the audit log. Before it, the statement has a part `changed` with the `id`, `actor`,
 * `from_state`, `to_state`, `action`, `definition_id` and `details` of each.
 */
const recordedRequests = `
  recorded_requests as (
    insert into audit (actor, action, object_type, object_id, from_state, to_state, process_key, process_version, details)
    select c.actor, c.action, 'card-request', c.id::text, c.from_state, c.to_state, v.process_key, v.version, coalesce(c.details, '{}')
    from changed c left join process_version v on v.definition_id = c.definition_id)`;

/** Of registered requests with their new cards, which are in the part `moved`; `going` names both. */
const registeredRequests = `
  changed as (
    update card_request r set state = m.to_state, card_id = m.id, registered_at = now(),
      process_instance_id = coalesce(g.process_instance_id, r.process_instance_id),
      decide_before = case when m.to_state = 'requested' then now() + cast(r.decide_within as interval) end,
      ended_at = case when m.to_state = 'approved' then now() end
    from going g join moved m on m.id = g.card_id where r.id = g.request_id
    returning r.id, r.card_id, r.decide_before, g.actor, m.from_state, m.to_state, 'request-registered' as action, g.definition_id,
      g.details - 'requestId' as details),${recordedRequests}`;

/** The move of the card of a request that is registered. */
const registeringMoves = { requested: 'register', approved: 'register-approved' } as const satisfies Partial<
  Record<RequestState, CardMove>
>;

/**
 * Gives a registered request its card and moves both to `state`, in one statement with their audit rows. `process_instance_id`
 * is the fence: only the instance that holds it, or the first to come, gets through.
 */
export async function moveToRegistered(
  db: Knex,
  request: { id: string; state: 'requested' | 'approved'; processInstanceId: string },
): Promise<{ cardId: string; decideBefore: Date | null } | null> {
  const cardId = randomUUID();
  const result = await db
    .raw<{ rows: { decideBefore: Date | null }[] }>(
      `with going as (
         select id as request_id, cast(:cardId as uuid) as card_id, holder_id, card_type, cast(:move as text) as move,
           requester as actor, definition_id, cast(:instance as text) as process_instance_id,
           jsonb_build_object('requestId', id) as details
         from card_request
         where id = :id and state = 'registered' and (process_instance_id is null or process_instance_id = :instance)),${madeCards},${registeredRequests}
       select decide_before as "decideBefore" from changed`,
      { id: request.id, instance: request.processInstanceId, move: registeringMoves[request.state], cardId },
    )
    .options(prepared('move-to-registered'));
  const row = result.rows[0];
  return row === undefined ? null : { cardId, decideBefore: row.decideBefore };
}

/** The move of the card of a request that ends, where it has one: it has none before it is registered. */
const endingMoves = {
  approved: 'approve',
  rejected: 'reject',
  aborted: 'abort',
  refused: null,
} as const satisfies Partial<Record<RequestState, CardMove | null>>;

/** A request that ends; its card, where it has one, follows it. */
export interface EndedRequest {
  readonly id: string;
  readonly to: keyof typeof endingMoves;
  readonly reason: string | null;
  /** Who ends it. */
  readonly actor: string;
  /** Of the audit rows. */
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * Ends requests and their cards (which follow them up to the decision) by compare-and-set, with their audit rows; false where
 * one was in another state.
 */
export async function endRequests(db: Knex, from: RequestState, ended: readonly EndedRequest[]): Promise<boolean> {
  const rows = ended.map((each) => ({ ...each, move: endingMoves[each.to] }));
  const result = await db
    .raw<{ rows: [{ all: boolean }] }>(
      `with changed as (
         update card_request r set state = e.to, reason = e.reason, ended_at = now()
         from jsonb_to_recordset(cast(:rows as jsonb)) as e (id uuid, "to" text, reason text, move text, actor text, details jsonb)
         where r.id = e.id and r.state = :from
         returning r.id, r.card_id, e.move, e.actor, cast(:from as text) as from_state, r.state as to_state, 'request-' || r.state as action,
           r.definition_id, e.details),${recordedRequests},
       going as (select card_id, move, actor, definition_id, details from changed where card_id is not null),${movedCards()}
       select (select count(*) from changed) = cast(:expected as integer)
         and (select count(*) from going) = (select count(*) from moved) as all`,
      { from, rows: JSON.stringify(rows), expected: ended.length },
    )
    .options(prepared('end-requests'));
  return result.rows[0].all;
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

/** Gives the registered requests of a batch order their cards and moves both to `state`, with their audit rows. */
export async function moveBatchToRegistered(
  db: Knex,
  { batchId, state }: { readonly batchId: string; readonly state: 'requested' | 'approved' },
): Promise<{ id: string; cardId: string }[]> {
  const { rows } = await db.raw<{ rows: { id: string; cardId: string }[] }>(
    `with going as (
       select id as request_id, gen_random_uuid() as card_id, holder_id, card_type, cast(:move as text) as move,
         requester as actor, definition_id, cast(null as text) as process_instance_id,
         jsonb_build_object('requestId', id, 'batchId', batch_id) as details
       from card_request where batch_id = :batchId and state = 'registered'),${madeCards},${registeredRequests}
     select id, card_id as "cardId" from changed`,
    { batchId, move: registeringMoves[state] },
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
