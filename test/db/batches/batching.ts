import { randomUUID } from 'node:crypto';
import { draftIssue } from '../../../src/batches/batch-selection.js';
import { beginRound, placeRound } from '../../../src/batches/batch-ordering.js';
import type { BatchCounts } from '../../../src/batch-rows/batch-types.js';
import type { Knex } from '../../../src/kernel/db/database.js';
import { applyResults } from '../../../src/production/production-results.js';
import { ProductError } from '../../../src/kernel/errors.js';
import { variants } from '../../support/cards-data.js';

let many = 0;
/** Rows of one statement. Behind each the planner hears of them: the checks of foreign keys keep a plan for tables that were empty. */
const rowsAtOnce = 2_000;

/** Approved cards of holders of their own, as decisions leave them, in the order of their approval. */
export async function approvedCards(
  db: Knex,
  count: number,
  { cardType = 'visitor', department = 'Testing', definition = variants.withoutApproval.definitionId } = {},
): Promise<string[]> {
  const ids: string[] = [];
  for (let left = count; left > 0; left -= rowsAtOnce) {
    ids.push(...(await insertApproved(db, Math.min(left, rowsAtOnce), { cardType, department, definition })));
    if (count > rowsAtOnce) await db.raw('analyze holder, card, card_request');
  }
  return ids;
}

async function insertApproved(
  db: Knex,
  count: number,
  about: { readonly cardType: string; readonly department: string; readonly definition: string },
): Promise<string[]> {
  many += 1;
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `with n as (select i, gen_random_uuid() as holder, gen_random_uuid() as card, gen_random_uuid() as request from generate_series(1, :count) i),
     holders as (
       insert into holder (id, employee_number, given_name, family_name, email, upn, department, state)
       select holder, :batch || '-' || i, 'Sample', 'Person ' || i, :batch || '-' || i || '@example.org', :batch || '-' || i || '@upn.example.org', :department, 'active' from n),
     cards as (insert into card (id, holder_id, card_type, state) select card, holder, :cardType, 'approved' from n),
     requests as (
       insert into card_request (id, holder_id, card_type, requester, source, state, definition_id, card_id, registered_at, ended_at)
       select request, holder, :cardType, 'operator', 'api', 'approved', :definition, card, now(), now() + i * interval '1 microsecond' from n)
     select card as id from n order by i`,
    { count, batch: `B${many}`, ...about },
  );
  return rows.map(({ id }) => id);
}

/** The draft of a batch order that issues these cards. */
export async function draftOf(db: Knex, cardIds: readonly string[], owner = 'producer'): Promise<string> {
  const { id } = await db.transaction((trx) => draftIssue(trx, { owner, label: 'Test', madeIn: null }, cardIds));
  return id;
}

/** A batch order whose first round is in the print ledger. */
export async function running(db: Knex, cardIds: readonly string[]): Promise<string> {
  const batchId = await draftOf(db, cardIds);
  await db.transaction((trx) => beginRound(trx, { batchId, afterRound: 0, orderedBy: 'producer' }));
  await placeRound(db, batchId, 1);
  return batchId;
}

/** Orders what has failed again. */
export async function repeated(db: Knex, batchId: string, afterRound = 1, only?: readonly string[]): Promise<void> {
  await db.transaction((trx) =>
    beginRound(trx, { batchId, afterRound, orderedBy: 'producer', ...(only === undefined ? {} : { only }) }),
  );
  await placeRound(db, batchId, afterRound + 1);
}

/** What the backend says about the newest productions of cards, in one call. */
export async function say(
  db: Knex,
  cardIds: readonly string[],
  state: 'produced' | 'failed',
  reason = 'Card jam',
): Promise<void> {
  const { rows: keys } = await db.raw<{ rows: { cardId: string; number: number }[] }>(
    `select card_id as "cardId", max(number) as number from production_order where card_id = any(:cardIds) group by card_id`,
    { cardIds: [...cardIds] },
  );
  await db.transaction((trx) =>
    applyResults(
      trx,
      'shop',
      keys.map((key) => ({
        eventId: randomUUID(),
        report:
          state === 'produced'
            ? { ...key, state, orderId: 'o', evidence: {} }
            : { ...key, state, orderId: 'o', code: 'jam', reason },
      })),
    ),
  );
}

/** A batch order with its counts, and the counts that its rows and the print ledger give. */
export async function standing(
  db: Knex,
  id: string,
): Promise<{ state: string; round: number; counts: BatchCounts; counted: BatchCounts; messages: number }> {
  const { state, round, chosen, skipped, ordered, succeeded, failed, withdrawn } = await db('batch_order')
    .where({ id })
    .first();
  const rows = await db('batch_row')
    .where({ batch_id: id })
    .groupBy('state')
    .select('state', db.raw('count(*)::integer as count'));
  const of = (name: string): number => rows.find((row: { state: string }) => row.state === name)?.count ?? 0;
  const ended = { succeeded: of('succeeded'), failed: of('failed'), withdrawn: of('withdrawn') };
  const all = rows.reduce((sum: number, row: { count: number }) => sum + row.count, 0);
  const [{ messages }] = await db('engine_command')
    .where({ batch_id: id })
    .whereRaw(`payload->>'message' = 'batch-round-ended'`)
    .select(db.raw('count(*)::integer as messages'));
  return {
    state,
    round,
    counts: { chosen, skipped, ordered, succeeded, failed, withdrawn },
    counted: {
      chosen: all,
      skipped: of('skipped'),
      ordered: of('ordered') + ended.succeeded + ended.failed + ended.withdrawn,
      ...ended,
    },
    messages,
  };
}

/** The code of a refusal. */
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (raw: unknown) => {
      if (raw instanceof ProductError) return raw.code;
      throw raw;
    },
  );
