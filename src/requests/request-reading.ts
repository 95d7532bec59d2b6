import type { Knex } from '../db/database.js';
import { ProductError } from '../errors.js';
import type { RequestDetails } from './request-types.js';
import type { RequestState } from '../domain/request-states.js';

export interface RequestFilter {
  readonly states?: readonly RequestState[] | undefined;
  /** Id of the holder. */
  readonly holderId?: string | undefined;
  readonly requester?: string | undefined;
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
    v.variant, v.process_key as "processDefinitionKey", v.version as "processDefinitionVersion",
    r.created_at::text as position
  from card_request r join holder h on h.id = r.holder_id join card_type t on t.id = r.card_type
  join process_version v on v.definition_id = r.definition_id
  left join card c on c.id = r.card_id left join decision d on d.request_id = r.id`;

interface Row extends Omit<RequestDetails, 'decision'> {
  decision: NonNullable<RequestDetails['decision']>['decision'] | null;
  cause: 'approver' | 'time-limit';
  approver: string | null;
  decisionReason: string | null;
  decidedAt: Date;
  position: string;
}

/** One request. @throws ProductError `not-found` */
export async function getRequest(db: Knex, id: string): Promise<RequestDetails> {
  const result = await db.raw<{ rows: Row[] }>(`${detailsSql} where r.id = ?`, [id]);
  const row = result.rows[0];
  if (row === undefined) throw new ProductError('not-found', 'There is no such request.');
  return toDetails(row);
}

/** A page of requests, newest first, and the position to go on from. */
export async function listRequests(
  db: Knex,
  filter: RequestFilter,
  limit: number,
  after?: RequestPosition,
): Promise<{ items: RequestDetails[]; next: RequestPosition | null }> {
  const conditions: string[] = [];
  const values: Record<string, Knex.Value> = { limit: limit + 1 };
  const add = (condition: string, bound: Record<string, Knex.Value>) => {
    conditions.push(condition);
    Object.assign(values, bound);
  };
  if (filter.states !== undefined) add('r.state = any(:states)', { states: [...filter.states] });
  if (filter.holderId !== undefined) add('r.holder_id = :holder', { holder: filter.holderId });
  if (filter.requester !== undefined) add('r.requester = :requester', { requester: filter.requester });
  if (after !== undefined) add('(r.created_at, r.id) < (cast(:at as timestamptz), cast(:id as uuid))', { at: after.createdAt, id: after.id });
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  const result = await db.raw<{ rows: Row[] }>(`${detailsSql} ${where} order by r.created_at desc, r.id desc limit :limit`, values);
  const page = result.rows.slice(0, limit);
  const last = result.rows.length > limit ? page.at(-1) : undefined;
  return { items: page.map(toDetails), next: last === undefined ? null : { createdAt: last.position, id: last.id } };
}

function toDetails({ decision, cause, approver, decisionReason, decidedAt, position: _, ...row }: Row): RequestDetails {
  return {
    ...row,
    decision: decision === null ? null : { decision, cause, approver, reason: decisionReason, decidedAt },
  };
}

export interface TransitionRow {
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** The states that one request went through, oldest first. */
export async function listTransitions(db: Knex, id: string): Promise<TransitionRow[]> {
  return db('audit')
    .where({ object_type: 'card-request', object_id: id })
    .orderBy('id')
    .select<TransitionRow[]>({ at: 'at', actor: 'actor', action: 'action', from: 'from_state', to: 'to_state' });
}
