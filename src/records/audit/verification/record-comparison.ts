import type { Transaction } from '../../../kernel/db/database.js';
import { mostFindings, type FindingKind, type Findings } from './findings.js';

/** Compares decisions, approvals, ended productions and states with what the log and its facts say of them. */
export async function compareRecords(trx: Transaction, findings: Findings): Promise<void> {
  await compareFacts(trx, findings);
  await compareDecisions(trx, findings);
  await compareStates(trx, findings);
}

const sentences = {
  'record-edited': 'was changed after it was sealed.',
  'record-deleted': 'is gone.',
  'record-inserted': 'was put in without being sealed.',
  'erasure-untold': 'was erased in part, and no row says by whom.',
} as const satisfies Partial<Record<FindingKind, string>>;

/** Each record has a newest fact, which is sealed like a row, and says the same. */
async function compareFacts(trx: Transaction, findings: Findings): Promise<void> {
  const { rows } = await trx.raw<{ rows: { finding: keyof typeof sentences; object: string; row: string | null }[] }>(
    `with fact as (
       select distinct on (kind, object_id) kind, object_id, content, digests, salt, id
       from audit_fact order by kind, object_id, id desc),
     compared as (
       select kind || ' ' || object_id as object, f.id as row, case
         when f.id is null then 'record-inserted'
         when p.content is null then 'record-deleted'
         when not f.content <@ p.content then 'record-edited'
         when f.salt is not null then case when not f.digests <@ fact_digests(p.erasable, f.salt) then 'record-edited' end
         when exists (select from jsonb_each_text(p.erasable) where value <> '(erased)') then 'record-edited'
         when not exists (select from audit e where e.action = 'personal-data-erased'
           and e.object_type = case kind when 'production' then 'card' else 'card-request' end
           and e.object_id = split_part(translate(object_id, '/', ' '), ' ', 1)) then 'erasure-untold' end as finding
       from fact f full join provable p using (kind, object_id))
     select finding, object, row from compared where finding is not null order by object limit :limit`,
    { limit: mostFindings },
  );
  for (const { finding, object, row } of rows) {
    const sentence = `${object.charAt(0).toUpperCase()}${object.slice(1)} ${sentences[finding]}`;
    findings.add(finding, { object, ...(row === null ? {} : { row }) }, sentence);
  }
}

/** Each decision has a row in the log that says the same, and each such row its decision. */
async function compareDecisions(trx: Transaction, findings: Findings): Promise<void> {
  const { rows } = await trx.raw<{ rows: { request: string; row: string | null; decided: boolean }[] }>(
    `with recorded as (
       select distinct on (object_id) object_id, id, actor, to_state, details from audit
       where object_type = 'card-request' and action in ('request-approved', 'request-rejected') order by object_id, id desc)
     select coalesce(d.request_id::text, t.object_id) as request, t.id as row, d.request_id is not null as decided
     from decision d full join recorded t on t.object_id = d.request_id::text
     where d.request_id is null or t.id is null
       or t.to_state is distinct from case d.decision when 'approve' then 'approved' else 'rejected' end
       or coalesce(t.details ->> 'cause', d.cause) <> d.cause
       or coalesce(t.details ->> 'operationId', d.operation_id) is distinct from d.operation_id
       or t.actor <> coalesce(d.approver, t.actor)
     order by 1 limit :limit`,
    { limit: mostFindings },
  );
  for (const { request, row, decided } of rows) {
    const at = { object: `decision ${request}`, ...(row === null ? {} : { row }) };
    if (!decided)
      findings.add('decision-missing', at, `Row ${row ?? ''} records a decision on request ${request}, which is gone.`);
    else if (row === null)
      findings.add('decision-untold', at, `The decision on request ${request} has no row in the log.`);
    else
      findings.add(
        'decision-untold',
        at,
        `Row ${row} records another decision on request ${request} than the table holds.`,
      );
  }
}

/** Rows that carry two states without being a move. */
const noMoves = `('production-contradicted')`;

/** Each card and request is where the last move in the log led it, and each move begins where the one before ended. */
async function compareStates(trx: Transaction, findings: Findings): Promise<void> {
  const { rows } = await trx.raw<{
    rows: { object: string; row: string | null; found: string | null; recorded: string | null; gap: boolean }[];
  }>(
    `with move as (
       select object_type, object_id, id, from_state, to_state, lag(to_state) over w as before, lead(id) over w is null as newest
       from audit where object_type in ('card', 'card-request') and to_state is not null and action not in ${noMoves}
       window w as (partition by object_type, object_id order by id)),
     live as (
       select 'card' as object_type, id::text as object_id, state from card
       union all select 'card-request', id::text, state from card_request)
     select object_type || ' ' || object_id as object, m.id as row, l.state as found, m.to_state as recorded, false as gap
     from live l full join (select * from move where newest) m using (object_type, object_id)
     where l.state is distinct from m.to_state and not (m.id is null and object_type = 'card-request' and l.state = 'registered')
     union all
     select object_type || ' ' || object_id, id, from_state, before, true from move where before is not null and from_state is distinct from before
     order by object, row limit :limit`,
    { limit: mostFindings },
  );
  for (const { object, row, found, recorded, gap } of rows) {
    const at = { object, ...(row === null ? {} : { row }) };
    if (gap)
      findings.add(
        'state-untold',
        at,
        `Row ${row ?? ''} moves ${object} from ${found ?? 'nothing'}, but it was ${recorded ?? 'nothing'}.`,
      );
    else if (found === null) findings.add('record-deleted', at, `${object} is gone.`);
    else findings.add('state-untold', at, `${object} is ${found}; the log records ${recorded ?? 'no state'}.`);
  }
}
