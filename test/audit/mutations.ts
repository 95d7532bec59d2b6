import {
  blockHash,
  goneLeaf,
  joinById,
  leafById,
  readById,
  type BlockContent,
  type ReadById,
} from '../../src/records/audit/sealing/canonical.js';
import type { FindingKind } from '../../src/records/audit/verification/findings.js';
import type { Transaction } from '../../src/kernel/db/database.js';
import type { Random } from '../../bench/lib/random.js';
import { recordMutations } from './record-mutations.js';

/** What an attack did, and by which finding it has to be told. */
export interface Attack {
  readonly kind: FindingKind;
  /** Id of the row that the finding has to name. */
  readonly row?: string;
  /** Number of the block that the finding has to name. */
  readonly block?: string;
  /** What else it has to name. */
  readonly object?: string;
}

/** What someone does who can write anything anywhere in the database, and nothing outside it. */
export type Mutation = (trx: Transaction, random: Random) => Promise<Attack>;

const texts = ['actor', 'action', 'object_type', 'object_id', 'from_state', 'to_state', 'process_key'] as const;

async function sealedIds(trx: Transaction): Promise<string[]> {
  const { rows } = await trx.raw<{ rows: { id: string }[] }>(
    'select a.id from audit a join (select unnest(ids) as id from audit_block) s using (id) order by a.id',
  );
  return rows.map((row) => row.id);
}

async function blockNumbers(trx: Transaction): Promise<string[]> {
  return trx('audit_block').orderBy('number').pluck<string[]>('number');
}

async function idWhere(trx: Transaction, random: Random, condition: string): Promise<string> {
  const { rows } = await trx.raw<{ rows: { id: string }[] }>(`select id from audit where ${condition} order by id`);
  return random.pick(rows).id;
}

async function editText(trx: Transaction, random: Random): Promise<Attack> {
  const row = random.pick(await sealedIds(trx));
  const column = random.pick(texts);
  await trx.raw("update audit set ?? = case when ?? is null then 'x' else ?? || 'x' end where id = ?", [
    column,
    column,
    column,
    row,
  ]);
  return { kind: 'row-edited', row };
}

async function swapColumns(trx: Transaction, random: Random): Promise<Attack> {
  const row = await idWhere(trx, random, 'from_state is distinct from to_state');
  await trx.raw('update audit set from_state = to_state, to_state = from_state where id = ?', [row]);
  return { kind: 'row-edited', row };
}

async function editNumbers(trx: Transaction, random: Random): Promise<Attack> {
  const row = await idWhere(trx, random, 'process_version is not null');
  await trx.raw(
    random.pick([
      'update audit set process_version = process_version + 1 where id = ?',
      'update audit set process_version = null where id = ?',
    ]),
    [row],
  );
  return { kind: 'row-edited', row };
}

async function editTime(trx: Transaction, random: Random): Promise<Attack> {
  const row = random.pick(await sealedIds(trx));
  await trx.raw(`update audit set at = at + cast(? as interval) where id = ?`, [
    random.pick(['1 microsecond', '-1 day', '1 second']),
    row,
  ]);
  return { kind: 'row-edited', row };
}

async function editDetails(trx: Transaction, random: Random): Promise<Attack> {
  const row = await idWhere(trx, random, `details ->> 'number' is not null`);
  await trx.raw(
    random.pick([
      `update audit set details = jsonb_set(details, '{number}', to_jsonb((details ->> 'number')::numeric + 0.0)) where id = ?`,
      `update audit set details = jsonb_set(details, '{number}', to_jsonb(details ->> 'number')) where id = ?`,
      `update audit set details = details - 'number' where id = ?`,
      `update audit set details = details || '{"more": true}' where id = ?`,
      `update audit set details = '{}' where id = ?`,
      `update audit set details = jsonb_set(details, '{number}', '12345678901234567890123') where id = ?`,
    ]),
    [row],
  );
  return { kind: 'row-edited', row };
}

async function editReason(trx: Transaction, random: Random): Promise<Attack> {
  const row = await idWhere(trx, random, `jsonb_typeof(details -> 'reason') = 'string'`);
  await trx.raw(
    random.pick([
      `update audit set details = jsonb_set(details, '{reason}', '"Something else"') where id = ?`,
      `update audit set details = details - 'reason' where id = ?`,
      `update audit set details = jsonb_set(details, '{reason}', 'null') where id = ?`,
      `update audit set salt = null where id = ?`,
      `update audit set salt = sha256('x') where id = ?`,
    ]),
    [row],
  );
  return { kind: 'row-edited', row };
}

async function editSalt(trx: Transaction, random: Random): Promise<Attack> {
  const row = random.pick(await sealedIds(trx));
  await trx.raw(`update audit set salt = sha256('x') where id = ?`, [row]);
  return { kind: 'row-edited', row };
}

/** Erases a reason as the product would, but tells nobody, or points to a row that tells of something else. */
async function eraseSecretly(trx: Transaction, random: Random): Promise<Attack> {
  const row = await idWhere(trx, random, `jsonb_typeof(details -> 'reason') = 'string'`);
  const told = await idWhere(trx, random, `action = 'personal-data-erased'`);
  await trx.raw(
    `update audit set salt = null, details = jsonb_set(details, '{reason}',
       jsonb_build_object('digest', audit_reason_digest(details, salt), 'erasedBy', cast(? as jsonb))) where id = ?`,
    [random.pick([told, row, 'null', '"x"', '1e400']), row],
  );
  return { kind: 'erasure-untold', row };
}

async function editErased(trx: Transaction, random: Random): Promise<Attack> {
  const row = await idWhere(trx, random, `jsonb_typeof(details -> 'reason') = 'object'`);
  const [kind, sql] = random.pick([
    ['erasure-untold', `update audit set details = jsonb_set(details, '{reason,note}', '"x"') where id = ?`],
    ['erasure-untold', `update audit set details = jsonb_set(details, '{reason,erasedBy}', '1') where id = ?`],
    ['row-edited', `update audit set details = jsonb_set(details, '{reason,digest}', '"00"') where id = ?`],
    ['row-edited', `update audit set details = jsonb_set(details, '{reason}', '"Made up"') where id = ?`],
  ] as const);
  await trx.raw(sql, [row]);
  return { kind, row };
}

async function deleteRow(trx: Transaction, random: Random): Promise<Attack> {
  const row = random.pick(await sealedIds(trx));
  await trx('audit').where({ id: row }).delete();
  return { kind: 'row-deleted', row };
}

async function deleteManyRows(trx: Transaction, random: Random): Promise<Attack> {
  const ids = await sealedIds(trx);
  const from = random.below(ids.length - 20);
  const gone = ids.slice(from, from + 2 + random.below(18));
  await trx('audit').whereIn('id', gone).delete();
  return { kind: 'row-deleted', row: random.pick(gone) };
}

async function swapIds(trx: Transaction, random: Random): Promise<Attack> {
  const ids = await sealedIds(trx);
  const [one, other] = [random.pick(ids), random.pick(ids)];
  if (one === other) return swapIds(trx, random);
  await changeId(trx, one, '-1');
  await changeId(trx, other, one);
  await changeId(trx, '-1', other);
  return { kind: 'row-moved', row: random.pick([one, other]) };
}

/** To the end, to a gap, or in front of everything. */
async function moveRow(trx: Transaction, random: Random): Promise<Attack> {
  const row = random.pick(await sealedIds(trx));
  await changeId(trx, row, random.pick([await freeId(trx, random), '-7', '9000000']));
  return { kind: 'row-moved', row };
}

async function overwriteRow(trx: Transaction, random: Random): Promise<Attack> {
  const ids = await sealedIds(trx);
  const [row, other] = [random.pick(ids), random.pick(ids)];
  if (row === other) return overwriteRow(trx, random);
  await trx('audit').where({ id: row }).delete();
  await changeId(trx, other, row);
  return random.pick<Attack>([
    { kind: 'row-moved', row: other },
    { kind: 'row-deleted', row },
  ]);
}

async function changeId(trx: Transaction, from: string, to: string): Promise<void> {
  await trx('audit').where({ id: from }).update({ id: to });
}

async function freeId(trx: Transaction, random: Random): Promise<string> {
  const { rows } = await trx.raw<{ rows: { id: string }[] }>(
    'select g::text as id from generate_series(1, (select max(id) from audit)) g where not exists (select from audit where id = g) and not exists (select from audit_fact where id = g) order by g',
  );
  return random.pick(rows).id;
}

async function insertRow(trx: Transaction, random: Random): Promise<Attack> {
  const row = random.pick([await freeId(trx, random), '-3', '9000001']);
  await trx.raw(
    `insert into audit (id, at, actor, action, object_type, object_id) overriding system value
     values (?, (select at from audit order by id limit 1), 'approver', 'request-approved', 'card-request', 'r')`,
    [row],
  );
  return { kind: 'row-inserted', row };
}

async function copyRow(trx: Transaction, random: Random): Promise<Attack> {
  const row = await freeId(trx, random);
  await trx.raw(
    `insert into audit (id, at, actor, action, object_type, object_id, from_state, to_state, process_key, process_version, details, salt)
     overriding system value select ?, at, actor, action, object_type, object_id, from_state, to_state, process_key, process_version, details, salt
     from audit where id = ?`,
    [row, random.pick(await sealedIds(trx))],
  );
  return { kind: 'row-inserted', row };
}

async function cutTailRows(trx: Transaction, random: Random): Promise<Attack> {
  const ids = await sealedIds(trx);
  const gone = ids.slice(-1 - random.below(30));
  await trx('audit').whereIn('id', gone).delete();
  return { kind: 'row-deleted', row: random.pick(gone) };
}

async function truncateRows(trx: Transaction, random: Random): Promise<Attack> {
  const row = random.pick(await sealedIds(trx));
  await trx('audit').delete();
  return { kind: 'row-deleted', row };
}

/** Blocks and their rows, as if the end had never been. */
async function cutTail(trx: Transaction, random: Random): Promise<Attack> {
  const numbers = await blockNumbers(trx);
  const keep = random.below(numbers.length);
  const end = numbers[keep - 1] ?? '0';
  await trx.raw('delete from audit where id in (select unnest(ids) from audit_block where number > ?)', [end]);
  await trx('audit_block').where('number', '>', end).delete();
  return { kind: 'tail-cut', block: String(Number(end) + 1) };
}

async function cutTailBlocks(trx: Transaction, random: Random): Promise<Attack> {
  const numbers = await blockNumbers(trx);
  const end = numbers[random.below(numbers.length)] ?? '0';
  const [block] = await trx('audit_block')
    .where('number', '>=', end)
    .orderBy('number')
    .select<{ ids: string[] }[]>('ids');
  await trx('audit_block').where('number', '>=', end).delete();
  return random.pick<Attack>([
    { kind: 'tail-cut', block: end },
    { kind: 'row-inserted', row: random.pick(block?.ids ?? []) },
  ]);
}

/** The same, with the rows of the cut blocks put back on the list of what is to be sealed. */
async function cutTailAndQueue(trx: Transaction, random: Random): Promise<Attack> {
  const end = random.pick(await blockNumbers(trx));
  await trx.raw('insert into audit_unsealed select unnest(ids) from audit_block where number >= ?', [end]);
  await trx('audit_block').where('number', '>=', end).delete();
  return { kind: 'tail-cut', block: end };
}

async function deleteBlock(trx: Transaction, random: Random): Promise<Attack> {
  const block = random.pick((await blockNumbers(trx)).slice(0, -1));
  await trx('audit_block').where({ number: block }).delete();
  return { kind: 'block-missing', block };
}

async function deleteBlockWithRows(trx: Transaction, random: Random): Promise<Attack> {
  const block = random.pick((await blockNumbers(trx)).slice(0, -1));
  await trx.raw('delete from audit where id in (select unnest(ids) from audit_block where number = ?)', [block]);
  await trx('audit_block').where({ number: block }).delete();
  return { kind: 'block-missing', block };
}

async function editBlock(trx: Transaction, random: Random): Promise<Attack> {
  const block = random.pick(await blockNumbers(trx));
  const set = random.pick([
    "ids = ids || 0::bigint, leaves = leaves || sha256('x')",
    "leaves = overlay(leaves placing sha256('x') from 1)",
    'ids[1] = ids[1] - 100000',
    "previous = sha256('x')",
    "hash = sha256('x')",
    "sealed_at = sealed_at + interval '1 microsecond'",
  ]);
  await trx.raw(`update audit_block set ${set} where number = ?`, [block]);
  return { kind: 'block-edited', block };
}

async function renumberBlock(trx: Transaction, random: Random): Promise<Attack> {
  const block = random.pick(await blockNumbers(trx));
  await trx('audit_block').where({ number: block }).update({ number: 5_000 });
  return random.pick<Attack>([{ kind: 'block-missing' }, { kind: 'block-edited', block: '5000' }]);
}

async function swapBlocks(trx: Transaction, random: Random): Promise<Attack> {
  const numbers = await blockNumbers(trx);
  const [one, other] = [random.pick(numbers), random.pick(numbers)];
  if (one === other) return swapBlocks(trx, random);
  await trx('audit_block').where({ number: one }).update({ number: 5_000 });
  await trx('audit_block').where({ number: other }).update({ number: one });
  await trx('audit_block').where({ number: 5_000 }).update({ number: other });
  return { kind: 'block-edited', block: random.pick([one, other]) };
}

/** A row is edited, and its block made anew so that it fits; the next block does not follow any more. */
async function rehashBlock(trx: Transaction, random: Random): Promise<Attack> {
  const numbers = await blockNumbers(trx);
  const at = random.below(numbers.length - 1);
  await rewrite(trx, random, numbers.slice(at, at + 1));
  return { kind: 'chain-broken', block: numbers[at + 1] ?? '' };
}

/** A row is edited, and everything from its block on made anew: without anchors nobody could tell. */
async function rewriteChain(trx: Transaction, random: Random): Promise<Attack> {
  const numbers = await blockNumbers(trx);
  await rewrite(trx, random, numbers.slice(random.below(numbers.length)));
  return { kind: 'chain-rewritten' };
}

async function rewrite(trx: Transaction, random: Random, numbers: readonly string[]): Promise<void> {
  const [first = ''] = numbers;
  const ids = await trx('audit_block').where({ number: first }).first<{ ids: string[] }>('ids');
  await trx('audit')
    .where({ id: random.pick(ids.ids) })
    .update({ actor: 'nobody' });
  for (const number of numbers) {
    const block = await trx('audit_block')
      .where({ number })
      .first<{ ids: string[]; previous: Buffer }>('ids', 'previous');
    const before = await trx('audit_block')
      .where({ number: Number(number) - 1 })
      .first<{ hash: Buffer } | undefined>('hash');
    const { rows } = await trx.raw<{ rows: ReadById[] }>(
      `select ${readById} from unnest(cast(? as bigint[])) as t (id) ${joinById} order by t.id`,
      [block.ids],
    );
    const at = new Date().toISOString().replace('Z', '000Z');
    const content: BlockContent = {
      number,
      ids: block.ids,
      leaves: Buffer.concat(rows.map((row) => leafById(row) ?? goneLeaf)),
      previous: before?.hash ?? block.previous,
      sealedAt: at,
    };
    await trx('audit_block')
      .where({ number })
      .update({ leaves: content.leaves, previous: content.previous, hash: blockHash(content), sealed_at: at });
  }
}

/** Every way to tamper that there is a name for. */
export const mutations: Readonly<Record<string, Mutation>> = {
  editText,
  swapColumns,
  editNumbers,
  editTime,
  editDetails,
  editReason,
  editSalt,
  eraseSecretly,
  editErased,
  deleteRow,
  deleteManyRows,
  swapIds,
  moveRow,
  overwriteRow,
  insertRow,
  copyRow,
  cutTailRows,
  truncateRows,
  cutTail,
  cutTailBlocks,
  cutTailAndQueue,
  deleteBlock,
  deleteBlockWithRows,
  editBlock,
  renumberBlock,
  swapBlocks,
  rehashBlock,
  rewriteChain,
  ...recordMutations,
};
