import type { Knex } from '../../src/kernel/db/database.js';

/**
 * Fills an installation as if it had made cards for a year: so many holders, each with a request, its decision, a card that was
 * issued or failed, its order, mails audit rows and batch orders. Written straight into the tables, past their triggers.
 */
export async function fill(db: Knex, cards: number, cardsOfBatch: number): Promise<void> {
  await db.transaction(async (trx) => {
    for (const table of filled) await trx.raw(`alter table ${table} disable trigger user`);
    for (const sql of statements) await trx.raw(sql, bindingsOf(sql, { cards, cardsOfBatch }));
    // Checks of references have to be done before a table can be altered again.
    await trx.raw('set constraints all immediate');
    for (const table of filled) await trx.raw(`alter table ${table} enable trigger user`);
  });
  await db.raw('vacuum analyze');
}

/** The batch order with the most rows. */
export const batchId = '00000000-0000-4000-8000-000000000001';

function bindingsOf(sql: string, all: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => sql.includes(`:${name} `)));
}

const filled = ['card', 'card_request', 'decision', 'production_order', 'mail', 'audit'];

const id = (kind: string) =>
  `cast(overlay(overlay(md5('${kind}' || n) placing '4' from 13) placing '8' from 17) as uuid)`;
const asked = `timestamptz '2026-01-01' - make_interval(secs => 315 * n)`;

const statements: readonly string[] = [
  `create temporary table numbers on commit drop as select n from generate_series(1, cast(:cards as integer)) as n`,
  `insert into backend (id, name, kind, settings) values ('bench', 'Bench', 'http', '{}')`,
  `insert into holder (id, employee_number, given_name, family_name, email, upn, department, state)
   select ${id('holder')}, 'B-' || n, 'Given' || n % 997, 'Family' || n % 9973, 'b-' || n || '@example.org', 'b-' || n || '@upn.example.org', 'Bench', 'active' from numbers`,
  `insert into card (id, holder_id, card_type, state, number, created_at, changed_at)
   select ${id('card')}, ${id('holder')}, case n % 2 when 0 then 'employee' else 'visitor' end,
     case when n <= 500 then 'requested' when n % 20 = 0 then 'failed' else 'issued' end, 'N' || n, ${asked}, ${asked} + interval '5 hours' from numbers`,
  `insert into card_request (id, holder_id, card_type, requester, source, state, definition_id, card_id, created_at, registered_at, ended_at)
   select ${id('request')}, ${id('holder')}, case n % 2 when 0 then 'employee' else 'visitor' end, 'operator' || n % 10, 'api',
     case when n <= 500 then 'requested' else 'approved' end, (select definition_id from process_version where variant = 'with-approval' limit 1), ${id('card')},
     ${asked}, ${asked} + interval '1 second', case when n > 500 then ${asked} + make_interval(secs => 600 + n % 7200) end from numbers`,
  `insert into decision (request_id, decision, cause, approver, requester, task_id, operation_id, completed_at, decided_at)
   select ${id('request')}, 'approve', 'approver', 'approver' || n % 5, 'operator' || n % 10, 't', 'o', ${asked}, ${asked} + make_interval(secs => 600 + n % 7200) from numbers where n > 500`,
  `insert into production_order (card_id, number, backend, state, ordered_by, ordered_at, ended_at, reason_code)
   select ${id('card')}, 1, 'bench', case when n % 20 = 0 then 'failed' else 'produced' end, 'producer', ${asked} + interval '3 hours', ${asked} + interval '5 hours',
     case when n % 20 = 0 then 'code-' || n % 7 end from numbers where n > 500`,
  `insert into mail (event_key, to_account, subject, body, state, created_at, ended_at)
   select 'request-decided:' || ${id('request')}, 'operator' || n % 10, 'Request ' || n, 'Body', case when n % 1000 = 0 then 'failed' else 'sent' end, ${asked}, ${asked} from numbers`,
  `insert into audit (at, actor, action, object_type, object_id, from_state, to_state)
   select ${asked} + s.after, s.actor || n % 10, s.action, s.type, case s.type when 'card' then ${id('card')} else ${id('request')} end, null, null
   from numbers cross join (values (interval '0', 'operator', 'request-registered', 'card-request'), (interval '1 hour', 'approver', 'request-approved', 'card-request'),
     (interval '3 hours', 'producer', 'production-ordered', 'card'), (interval '5 hours', 'system', 'card-issued', 'card')) as s (after, actor, action, type) order by n desc`,
  `insert into batch_order (id, kind, owner, label, state, round, ordered_by, chosen, ordered, succeeded, failed, created_at, round_began_at, ended_at)
   select case n when 1 then uuid '${batchId}' else ${id('batch')} end, 'issue', 'producer', 'Batch ' || n, 'completed', 1, 'producer', 0, 0, 0, 0, ${asked}, ${asked}, ${asked} from numbers where n <= 1000`,
  `insert into batch_row (batch_id, ordinal, holder_id, card_id, number, state)
   select uuid '${batchId}', n, ${id('holder')}, ${id('card')}, case when n > 500 then 1 end,
     case when n <= 500 then 'chosen' when n % 20 = 0 then 'failed' else 'succeeded' end from numbers where n <= cast(:cardsOfBatch as integer)`,
];
