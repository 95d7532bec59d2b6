import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** Cards of one transaction, as in the product. */
const chunkCards = 500;

/** Before the cards are ordered: the batch order and its rows. */
const choosing = [
  `insert into batch_order (id, kind, owner, label, state, chosen) values ($2::uuid, 'issue', 'producer', 'Bench', 'draft', cardinality($1::uuid[]))`,
  `insert into batch_row (batch_id, ordinal, holder_id, card_id)
   select $2::uuid, a.place, c.holder_id, c.id from unnest($1::uuid[]) with ordinality as a (id, place) join card c on c.id = a.id`,
  `update batch_order set state = 'ordering', skipped = chosen - cardinality($1::uuid[]), round = 1, ordered_by = 'producer', round_began_at = now() where id = $2::uuid`,
];

/** The cards of a transaction, given as a list: a list cannot be planned badly. */
const theseCards = 'any($1::uuid[])';

/**
 * The changes of rows that some hundred cards go through in the product, each list one transaction, each statement one change.
 * The orders are claimed from the start: the product runs beside them and must not carry them on.
 */
const steps: readonly (readonly string[])[] = [
  [
    `insert into card_snapshot (card_id, data, layout_version_id)
     select c.id, jsonb_build_object('name', h.given_name || ' ' || h.family_name, 'givenName', h.given_name, 'familyName', h.family_name,
       'employeeNumber', h.employee_number, 'department', h.department, 'cardTypeName', t.name),
       (select v.id from layout_version v where v.layout = t.layout order by v.version desc limit 1)
     from card c join holder h on h.id = c.holder_id join card_type t on t.id = c.card_type where c.id = ${theseCards}`,
    `update card set state = 'ordered', changed_at = now(), number = 'X' || left(id::text, 13), valid_until = current_date + 700 where id = ${theseCards}`,
    `insert into production_order (card_id, number, backend, ordered_by, batch_id, turn, claimed_by, claimed_until)
     select r.card_id, 1, 'print-shop', 'producer', $2::uuid, r.ordinal, 'bench', now() + interval '1 hour' from batch_row r where r.card_id = ${theseCards}`,
    `insert into audit (actor, action, object_type, object_id, from_state, to_state, details)
     select 'producer', 'card-ordered', 'card', card_id::text, 'approved', 'ordered', jsonb_build_object('number', 1, 'backend', 'print-shop', 'batchOrder', $2::uuid)
     from production_order where card_id = ${theseCards}`,
    `update batch_row set state = 'ordered', number = 1 where batch_id = $2::uuid and card_id = ${theseCards}`,
    `update batch_order set ordered = ordered + cardinality($1::uuid[]), state = 'running' where id = $2::uuid`,
  ],
  [`update production_order set claimed_by = 'bench 2', attempts = 1 where card_id = ${theseCards}`],
  [`update production_order set body = convert_to(repeat('x', 700), 'UTF8') where card_id = ${theseCards}`],
  [`update production_order set call_began_at = now() where card_id = ${theseCards}`],
  [
    `update production_order set state = 'submitted', order_id = 'PS-' || card_id, submitted_at = now(), attempts = 0
     where card_id = ${theseCards}`,
  ],
  [
    `insert into production_result (backend, event_id, card_id, number, outcome, applied, details)
     select 'print-shop', order_id || '-ended', card_id, 1, 'produced', false, '{"serialNumber": "SIM-000001"}' from production_order where card_id = ${theseCards}`,
    `update production_order set state = 'produced', ended_at = now(), body = null, claimed_by = null, claimed_until = null, evidence = '{"serialNumber": "SIM-000001"}' where card_id = ${theseCards}`,
    `update card set state = 'issued', changed_at = now() where id = ${theseCards}`,
    `insert into audit (actor, action, object_type, object_id, from_state, to_state, details)
     select 'system', 'card-produced', 'card', card_id::text, 'ordered', 'issued', jsonb_build_object('number', 1, 'backend', 'print-shop', 'orderId', order_id)
     from production_order where card_id = ${theseCards}`,
    `update batch_row set state = 'succeeded' where batch_id = $2::uuid and card_id = ${theseCards}`,
    `update production_result set applied = true where event_id in (select order_id || '-ended' from production_order where card_id = ${theseCards})`,
    `update batch_order set succeeded = succeeded + cardinality($1::uuid[]) where id = $2::uuid`,
  ],
];

/**
 * What PostgreSQL alone takes for the changes of rows that a batch order makes: plain SQL over one connection, set by set,
 * nothing asked, nothing decided. The tables, with their indexes and triggers, are the product's.
 * @param cardIds approved cards
 * @returns cards per second
 */
export async function postgresAlone(url: string, cardIds: readonly string[]): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const id = randomUUID();
    const began = performance.now();
    const inTransaction = async (statements: readonly string[], cards: readonly string[]): Promise<void> => {
      await client.query('begin');
      for (const statement of statements)
        await client.query(statement, statement.includes('$2') ? [cards, id] : [cards]);
      await client.query('commit');
    };
    await inTransaction(choosing, cardIds);
    for (let first = 0; first < cardIds.length; first += chunkCards) {
      for (const statements of steps) await inTransaction(statements, cardIds.slice(first, first + chunkCards));
    }
    await client.query(`update batch_order set state = 'completed', ended_at = now() where id = $1`, [id]);
    return cardIds.length / ((performance.now() - began) / 1_000);
  } finally {
    await client.end();
  }
}
