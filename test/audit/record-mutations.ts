import type { Transaction } from '../../src/kernel/db/database.js';
import type { Random } from '../../bench/lib/random.js';
import type { Attack, Mutation } from './mutations.js';
import { foreignKeys } from './sealed-log.js';
import { decisionRow } from '../fixtures/requests.js';
import { addCard } from '../fixtures/cards.js';

/** What someone does to decisions, productions, cards, requests and signatures who can write anything in the database. */

async function pick(trx: Transaction, random: Random, sql: string): Promise<Record<string, string>> {
  const { rows } = await trx.raw<{ rows: Record<string, string>[] }>(sql);
  return random.pick(rows);
}

const anyDecision = 'select request_id as id, decision from decision order by 1';
const anyProduction = `select card_id || '/' || number as key, card_id as card from production_order order by 1`;
const unerasedProduction = `select o.card_id || '/' || o.number as key, o.card_id as card from production_order o
  join card c on c.id = o.card_id where c.erased_at is null order by 1`;

async function editDecision(trx: Transaction, random: Random): Promise<Attack> {
  const { id = '' } = await pick(trx, random, anyDecision);
  const set = random.pick([
    `decision = case decision when 'approve' then 'reject' else 'approve' end`,
    `approver = 'somebody'`,
    `requester = 'somebody'`,
    `reason = reason || '.'`,
    `reason = 'Something else'`,
    `holder_account = 'somebody'`,
    `holder_accounts = array['somebody']`,
    `operation_id = 'made-up'`,
    `task_id = 'made-up'`,
    `completed_at = completed_at + interval '1 microsecond'`,
    `decided_at = decided_at - interval '1 day'`,
  ]);
  await trx.raw(`update decision set ${set} where request_id = ?`, [id]);
  return { kind: 'record-edited', object: `decision ${id}` };
}

async function deleteDecision(trx: Transaction, random: Random): Promise<Attack> {
  const { id = '' } = await pick(trx, random, anyDecision);
  await trx('decision').where({ request_id: id }).delete();
  return random.pick<Attack>([
    { kind: 'record-deleted', object: `decision ${id}` },
    { kind: 'decision-missing', object: `decision ${id}` },
  ]);
}

async function insertDecision(trx: Transaction, random: Random): Promise<Attack> {
  const { id = '' } = await pick(trx, random, 'select gen_random_uuid() as id');
  await trx('decision').insert(decisionRow(id));
  return random.pick<Attack>([
    { kind: 'record-inserted', object: `decision ${id}` },
    { kind: 'decision-untold', object: `decision ${id}` },
  ]);
}

/** The decision with its fact, so that the two agree: then the fact is not as it was sealed. */
async function editDecisionAndFact(trx: Transaction, random: Random): Promise<Attack> {
  const { id = '', row = '' } = await pick(
    trx,
    random,
    `select object_id as id, id as row from audit_fact where kind = 'decision' order by id`,
  );
  await trx.raw(`update decision set approver = 'somebody' where request_id = ?`, [id]);
  await trx.raw(`update audit_fact set content = jsonb_set(content, '{approver}', '"somebody"') where id = ?`, [row]);
  return { kind: 'row-edited', row };
}

async function editReasonAndFact(trx: Transaction, random: Random): Promise<Attack> {
  const { id = '', row = '' } = await pick(
    trx,
    random,
    `select object_id as id, id as row from audit_fact where kind = 'decision' order by id`,
  );
  await trx.raw(`update decision set reason = 'Something else' where request_id = ?`, [id]);
  await trx.raw(
    `update audit_fact f set digests = fact_digests(erasable_of(d), f.salt) from decision d where f.id = ? and d.request_id = ?`,
    [row, id],
  );
  return { kind: 'row-edited', row };
}

async function deleteDecisionAndFact(trx: Transaction, random: Random): Promise<Attack> {
  const { id = '', row = '' } = await pick(
    trx,
    random,
    `select object_id as id, id as row from audit_fact where kind = 'decision' order by id`,
  );
  await trx('decision').where({ request_id: id }).delete();
  await trx('audit_fact').where({ id: row }).delete();
  return random.pick<Attack>([
    { kind: 'row-deleted', row },
    { kind: 'decision-missing', object: `decision ${id}` },
  ]);
}

async function deleteFact(trx: Transaction, random: Random): Promise<Attack> {
  const { object = '', row = '' } = await pick(
    trx,
    random,
    `select kind || ' ' || object_id as object, id as row from audit_fact where kind <> 'production' order by id`,
  );
  await trx('audit_fact').where({ id: row }).delete();
  return random.pick<Attack>([
    { kind: 'row-deleted', row },
    { kind: 'record-inserted', object },
  ]);
}

async function editFact(trx: Transaction, random: Random): Promise<Attack> {
  const { row = '' } = await pick(trx, random, 'select id as row from audit_fact order by id');
  const set = random.pick([
    `content = content || '{"more": 1}'`,
    `object_id = object_id || 'x'`,
    `digests = digests || '{"reason": "00"}'`,
    `kind = case kind when 'decision' then 'approval' else 'decision' end`,
  ]);
  await trx.raw(`update audit_fact set ${set} where id = ?`, [row]);
  return { kind: 'row-edited', row };
}

/** A newer fact that says what the attacker would like. */
async function insertFact(trx: Transaction, random: Random): Promise<Attack> {
  const { id = '' } = await pick(trx, random, anyDecision);
  await trx.raw(`update decision set approver = 'somebody' where request_id = ?`, [id]);
  await trx.raw(
    `insert into audit_fact (kind, object_id, content, digests, salt)
     select kind, object_id, content, fact_digests(erasable, 'x'), 'x' from provable where kind = 'decision' and object_id = ?`,
    [id],
  );
  return random.pick<Attack>([{ kind: 'row-inserted' }, { kind: 'decision-untold', object: `decision ${id}` }]);
}

/** A row of the log under the id of a fact. */
async function hideBehindFact(trx: Transaction, random: Random): Promise<Attack> {
  const { row = '' } = await pick(trx, random, 'select id as row from audit_fact order by id');
  await trx.raw(
    `insert into audit (id, actor, action, object_type, object_id) overriding system value values (?, 'a', 'made-up', 'option', 'o')`,
    [row],
  );
  return { kind: 'row-edited', row };
}

async function eraseReasonSecretly(trx: Transaction, random: Random): Promise<Attack> {
  const { id = '' } = await pick(trx, random, anyDecision);
  await trx.raw(
    `update decision set reason = '(erased)', holder_account = null, holder_accounts = null where request_id = ?`,
    [id],
  );
  await trx.raw(`update audit_fact set salt = null where kind = 'decision' and object_id = ?`, [id]);
  return { kind: 'erasure-untold', object: `decision ${id}` };
}

async function editApproval(trx: Transaction, random: Random): Promise<Attack> {
  const { id = '', task = '' } = await pick(
    trx,
    random,
    'select request_id as id, task from decision_approval order by 1, 2',
  );
  const [kind, sql] = random.pick([
    ['record-edited', `update decision_approval set approver = 'somebody' where request_id = ? and task = ?`],
    ['record-edited', `update decision_approval set operation_id = 'made-up' where request_id = ? and task = ?`],
    ['record-deleted', 'delete from decision_approval where request_id = ? and task = ?'],
  ] as const);
  await trx.raw(sql, [id, task]);
  return { kind, object: `approval ${id} ${task}` };
}

async function editProduction(trx: Transaction, random: Random): Promise<Attack> {
  const { key = '', card = '' } = await pick(trx, random, anyProduction);
  const set = random.pick([
    `state = 'failed', spoilt_by = null, spoilt_at = null, spoilt_reason = null`,
    `backend = 'other'`,
    `ordered_by = 'somebody'`,
    `order_id = 'made-up'`,
    `evidence = '{"serial": "B2"}'`,
    `evidence = evidence || '{"more": true}'`,
    `ended_at = ended_at - interval '1 hour'`,
    'spoilt_by = null, spoilt_at = null, spoilt_reason = null',
    `reason_code = 'made-up'`,
  ]);
  await trx.raw(`update production_order set ${set} where card_id = ?`, [card]);
  return { kind: 'record-edited', object: `production ${key}` };
}

async function editSpoiltReason(trx: Transaction, random: Random): Promise<Attack> {
  const { key = '', card = '' } = await pick(trx, random, unerasedProduction);
  await trx.raw(`update production_order set spoilt_reason = 'Something else' where card_id = ?`, [card]);
  return { kind: 'record-edited', object: `production ${key}` };
}

async function removeProduction(trx: Transaction, random: Random): Promise<Attack> {
  const { key = '', card = '' } = await pick(trx, random, anyProduction);
  await trx.raw(
    random.pick([
      'delete from production_order where card_id = ?',
      `update production_order set state = 'intent', ended_at = null, spoilt_by = null, spoilt_at = null, spoilt_reason = null where card_id = ?`,
      'update production_order set number = 7 where card_id = ?',
    ]),
    [card],
  );
  return { kind: 'record-deleted', object: `production ${key}` };
}

async function insertProduction(trx: Transaction, random: Random): Promise<Attack> {
  const { card = '' } = await pick(trx, random, anyProduction);
  await trx.raw(
    `insert into production_order (card_id, number, backend, state, ordered_by, ended_at) values (?, 9, 'press', 'produced', 'producer', now())`,
    [card],
  );
  return { kind: 'record-inserted', object: `production ${card}/9` };
}

async function moveCard(trx: Transaction, random: Random): Promise<Attack> {
  const { id = '' } = await pick(trx, random, 'select id from card order by id');
  await trx('card').where({ id }).update({ state: 'issued' });
  return { kind: 'state-untold', object: `card ${id}` };
}

async function moveRequest(trx: Transaction, random: Random): Promise<Attack> {
  const { id = '' } = await pick(trx, random, 'select id from card_request order by id');
  await trx('card_request').where({ id }).update({ state: 'aborted' });
  return { kind: 'state-untold', object: `card-request ${id}` };
}

async function deleteCard(trx: Transaction, random: Random): Promise<Attack> {
  const { id = '' } = await pick(trx, random, 'select id from card order by id');
  await trx('card').where({ id }).delete();
  return { kind: 'record-deleted', object: `card ${id}` };
}

async function insertCard(trx: Transaction, random: Random): Promise<Attack> {
  const { holder = '' } = await pick(trx, random, 'select id as holder from holder');
  const id = await addCard(trx, { holder, state: 'approved' });
  return { kind: 'state-untold', object: `card ${id}` };
}

/** The card is moved together with a row that tells of it, put into the log by hand. */
async function moveCardTold(trx: Transaction, random: Random): Promise<Attack> {
  const { id = '', state = '' } = await pick(trx, random, 'select id, state from card order by id');
  await trx('card').where({ id }).update({ state: 'issued' });
  await trx.raw(
    `insert into audit (actor, action, object_type, object_id, from_state, to_state) values ('producer', 'card-issued', 'card', ?, ?, 'issued')`,
    [id, state],
  );
  return { kind: 'row-inserted' };
}

async function unsignBlock(trx: Transaction, random: Random): Promise<Attack> {
  const { number = '' } = await pick(trx, random, 'select number from audit_block where number > 1 order by number');
  await trx('audit_block').where({ number }).update({ key_id: null, signature: null });
  return { kind: 'signature-missing', block: number };
}

async function unsignAll(trx: Transaction): Promise<Attack> {
  await trx('audit_block').update({ key_id: null, signature: null });
  return { kind: 'signature-missing' };
}

async function forgeSignature(trx: Transaction, random: Random): Promise<Attack> {
  const { number = '' } = await pick(trx, random, 'select number from audit_block order by number');
  const { hash } = await trx('audit_block').where({ number }).first<{ hash: Buffer }>('hash');
  const [kind, id] = random.pick([
    ['signature-wrong', 'test'],
    ['signature-unknown', 'made-up'],
  ] as const);
  const forged = foreignKeys(id).sign({ number, hash });
  await trx('audit_block')
    .where({ number })
    .update({ key_id: id, signature: forged?.signature ?? null });
  return { kind, block: number };
}

async function swapSignatures(trx: Transaction, random: Random): Promise<Attack> {
  const { number = '' } = await pick(trx, random, 'select number from audit_block where number > 1 order by number');
  await trx.raw(
    'update audit_block set signature = (select signature from audit_block where number = 1) where number = ?',
    [number],
  );
  return { kind: 'signature-wrong', block: number };
}

export const recordMutations: Readonly<Record<string, Mutation>> = {
  editDecision,
  deleteDecision,
  insertDecision,
  editDecisionAndFact,
  editReasonAndFact,
  deleteDecisionAndFact,
  deleteFact,
  editFact,
  insertFact,
  hideBehindFact,
  eraseReasonSecretly,
  editApproval,
  editProduction,
  editSpoiltReason,
  removeProduction,
  insertProduction,
  moveCard,
  moveRequest,
  deleteCard,
  insertCard,
  moveCardTold,
  unsignBlock,
  unsignAll,
  forgeSignature,
  swapSignatures,
};
