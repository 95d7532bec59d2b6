import type { Knex } from '../kernel/db/database.js';
import { ProductError } from '../kernel/errors.js';
import { matching } from '../directory/index.js';
import type { RequestDetails } from './request-types.js';
import type { RequestState } from '../domain/request-states.js';

export interface RequestFilter {
  readonly states?: readonly RequestState[] | undefined;
  /** Id of the holder. */
  readonly holderId?: string | undefined;
  readonly requester?: string | undefined;
  /** Id of the card type. */
  readonly cardType?: string | undefined;
  /** Words that the holder is found by. */
  readonly search?: string | undefined;
}

/** Position of the last row of the page before. */
export interface RequestPosition {
  readonly createdAt: string;
  readonly id: string;
}

const detailsSql = `
  select r.id, r.state, r.reason, r.requester, r.process_instance_id as "processInstanceId", r.decide_before as "decideBefore",
    r.created_at as "createdAt", r.registered_at as "registeredAt", r.ended_at as "endedAt",
    json_build_object('id', h.id, 'employeeNumber', h.employee_number, 'name', h.given_name || ' ' || h.family_name,
      'department', h.department) as holder,
    json_build_object('id', t.id, 'name', t.name) as "cardType",
    case when c.id is not null then json_build_object('id', c.id, 'state', c.state, 'number', c.number) end as card,
    d.decision, d.cause, d.approver, d.reason as "decisionReason", d.decided_at as "decidedAt",
    coalesce((select json_agg(json_build_object('approver', a.approver,
        'approvedAt', to_char(a.completed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by a.completed_at)
      from decision_approval a where a.request_id = r.id), '[]') as approvals,
    case when b.id is not null then json_build_object('id', b.id, 'number', b.number) end as "batchOrder",
    v.variant, v.process_key as "processDefinitionKey", v.version as "processDefinitionVersion",
    to_char(r.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as position
  from card_request r join holder h on h.id = r.holder_id join card_type t on t.id = r.card_type
  join process_version v on v.definition_id = r.definition_id
  left join card c on c.id = r.card_id left join decision d on d.request_id = r.id
  left join batch_order b on b.id = r.batch_id`;

type Times = 'decideBefore' | 'createdAt' | 'registeredAt' | 'endedAt';

interface Row extends Omit<RequestDetails, 'decision' | Times> {
  decideBefore: Date | null;
  createdAt: Date;
  registeredAt: Date | null;
  endedAt: Date | null;
  decision: NonNullable<RequestDetails['decision']>['decision'] | null;
  cause: 'approver' | 'time-limit';
  approver: string | null;
  decisionReason: string | null;
  decidedAt: Date;
  approvals: NonNullable<RequestDetails['decision']>['approvals'];
  position: string;
}

/** A request in a list, with the position from which the next page continues. */
export interface ListedRequest {
  readonly details: RequestDetails;
  readonly position: RequestPosition;
}

/** One request. @throws ProductError `not-found` */
export async function getRequest(db: Knex, id: string): Promise<RequestDetails> {
  const result = await db.raw<{ rows: Row[] }>(`${detailsSql} where r.id = ?`, [id]);
  const row = result.rows[0];
  if (row === undefined) throw new ProductError('not-found', 'There is no such request.');
  return toDetails(row);
}

/** Requests, newest first. */
export async function listRequests(
  db: Knex,
  filter: RequestFilter,
  limit: number,
  after?: RequestPosition,
): Promise<ListedRequest[]> {
  const conditions: string[] = [];
  const values: Record<string, Knex.Value | Knex.QueryBuilder> = { limit };
  const add = (condition: string, bound: Record<string, Knex.Value | Knex.QueryBuilder>) => {
    conditions.push(condition);
    Object.assign(values, bound);
  };
  if (filter.states !== undefined) add('r.state = any(:states)', { states: [...filter.states] });
  if (filter.holderId !== undefined) add('r.holder_id = :holder', { holder: filter.holderId });
  if (filter.requester !== undefined) add('r.requester = :requester', { requester: filter.requester });
  if (filter.cardType !== undefined) add('r.card_type = :cardType', { cardType: filter.cardType });
  if (filter.search !== undefined)
    add('r.holder_id in :holders', { holders: matching(db, { q: filter.search }).select('id') });
  if (after !== undefined)
    add('(r.created_at, r.id) < (cast(:at as timestamptz), cast(:id as uuid))', { at: after.createdAt, id: after.id });
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  const result = await db.raw<{ rows: Row[] }>(
    `${detailsSql} ${where} order by r.created_at desc, r.id desc limit :limit`,
    values,
  );
  return result.rows.map((row) => ({ details: toDetails(row), position: { createdAt: row.position, id: row.id } }));
}

function toDetails({
  decision,
  cause,
  approver,
  decisionReason,
  decidedAt,
  approvals,
  position: _,
  ...row
}: Row): RequestDetails {
  return {
    ...row,
    decideBefore: row.decideBefore?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    registeredAt: row.registeredAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
    decision:
      decision === null
        ? null
        : { decision, cause, approver, approvals, reason: decisionReason, decidedAt: decidedAt.toISOString() },
  };
}

export interface TransitionRow {
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** The states that one request went through, oldest first. */
export async function listTransitions(db: Knex, id: string): Promise<TransitionRow[]> {
  const rows = await db('audit')
    .where({ object_type: 'card-request', object_id: id })
    .orderBy('id')
    .select<(Omit<TransitionRow, 'at'> & { at: Date })[]>({
      at: 'at',
      actor: 'actor',
      action: 'action',
      from: 'from_state',
      to: 'to_state',
    });
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}
