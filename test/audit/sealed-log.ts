import { createHash, randomBytes } from 'node:crypto';
import { appendAudit, type AuditRow } from '../../src/records/audit/audit-store.js';
import type { Anchor, AnchorSource, OpenedAnchors } from '../../src/records/audit/anchors/anchor.js';
import { readHead, sealAudit } from '../../src/records/audit/sealing/audit-sealer.js';
import { AuditKeys } from '../../src/records/audit/signing/audit-keys.js';
import type { Knex, Transaction } from '../../src/kernel/db/database.js';
import { addHolder } from '../fixtures/holders.js';
import { installed } from '../fixtures/installation.js';
import { addBackend } from '../fixtures/backends.js';
import { addCard } from '../fixtures/cards.js';
import { addRequest, approvalRow, decisionRow } from '../fixtures/requests.js';
import { addProduction, endProduction } from '../fixtures/productions.js';

/** Keys to sign with, which only the test has: the first one signs. */
export function testKeys(...ids: [string, ...string[]] | []): AuditKeys {
  const names = ids.length === 0 ? ['test'] : ids;
  return new AuditKeys(
    names.map((id) => ({ id, isPrivate: true, bytes: createHash('sha256').update(`${secret}${id}`).digest() })),
  );
}

/** Of this run only, so that the key of a name is the same in one test and nobody else's. */
const secret = randomBytes(32).toString('hex');

/** A key of somebody else, under a name. */
export function foreignKeys(id: string): AuditKeys {
  return new AuditKeys([{ id, isPrivate: true, bytes: randomBytes(32) }]);
}

/** A log with a row of every shape, with decisions and productions, some reasons erased, sealed in blocks of at most `blockRows`. */
export async function fillLog(db: Knex, rows: number, blockRows: number, keys: AuditKeys): Promise<Anchor[]> {
  await installed(db);
  await addBackend(db, 'press');
  const cards: { id: string; state: string }[] = [];
  for (let number = 1; number <= 4; number += 1) {
    const holder = await addHolder(db, `E-${number}`);
    cards.push({ id: await cardOnRecord(db, holder), state: 'registered' });
    for (let turn = 0; turn < 3; turn += 1) await decide(db, holder, 3 * number + turn);
  }
  for (const { id } of cards.slice(0, 3)) await produce(db, id);
  const anchors: Anchor[] = [];
  for (let from = 0; from < rows; from += 2 * blockRows) {
    const count = Math.min(2 * blockRows, rows - from);
    await db.transaction(async (trx) => {
      for (let at = 0; at < count; at += 1) await appendAudit(trx, [await sampleRow(trx, from + at, cards)]);
    });
    // What was rolled back leaves a gap in the ids.
    await db.transaction((trx) => appendAudit(trx, [optionRow(0)]).then(() => trx.rollback()));
    await sealAudit(db, { blockRows, keys });
    anchors.push(...(await anchorOf(db)));
  }
  await erase(
    db,
    cards.slice(0, 2).map(({ id }) => id),
  );
  await sealAudit(db, { blockRows, keys });
  return [...anchors, ...(await anchorOf(db))];
}

async function cardOnRecord(db: Knex, holder: string): Promise<string> {
  const id = await addCard(db, { holder });
  const move = { actor: 'producer', action: 'card-registered', toState: 'registered' };
  await appendAudit(db, [{ ...move, objectType: 'card', objectId: id }]);
  return id;
}

/** A request with its card, decided and on record as the product does it. */
export async function decide(db: Knex, holder: string, number: number): Promise<void> {
  const state = number % 2 === 0 ? 'approved' : 'rejected';
  await db.transaction(async (trx) => {
    const card = await addCard(trx, { holder, state: 'requested' });
    const request = await addRequest(trx, { holder, card });
    const both = [
      { objectType: 'card-request', objectId: request },
      { objectType: 'card', objectId: card },
    ] as const;
    const registered = {
      actor: 'operator',
      action: 'request-registered',
      fromState: 'registered',
      toState: 'requested',
    };
    await appendAudit(
      trx,
      both.map((object) => ({ ...object, ...registered })),
    );
    await trx('decision').insert(
      decisionRow(request, {
        decision: state === 'approved' ? 'approve' : 'reject',
        reason: `Reason ${number}`,
        holder_account: `holder-${number}`,
        task_id: `task-${number}`,
        operation_id: `operation-${number}`,
        completed_at: new Date(1_700_000_000_000 + number),
      }),
    );
    if (number % 4 === 0) {
      const approvals = ['approver', 'approver2'].map((approver) =>
        approvalRow(request, { task: `by ${approver}`, approver, operation_id: `o-${approver}` }),
      );
      await trx('decision_approval').insert(approvals);
    }
    await trx('card').where({ id: card }).update({ state });
    await trx('card_request').where({ id: request }).update({ state, ended_at: trx.fn.now() });
    const step = { actor: 'approver', action: `request-${state}`, fromState: 'requested', toState: state };
    const details = { reason: `Reason ${number}`, cause: 'approver', operationId: `operation-${number}` };
    await appendAudit(
      trx,
      both.map((object) => ({ ...object, ...step, details })),
    );
  });
}

/** A production that ended, and gained evidence afterwards. */
export async function produce(db: Knex, card: string): Promise<void> {
  const order = { card_id: card, number: 1 };
  await addProduction(db, { card, backend: 'press' });
  await endProduction(db, card, 'produced', { order_id: 'p-1', evidence: { serial: 'A1' } });
  await db('production_order')
    .where(order)
    .update({ evidence: { serial: 'A1', chip: 'C1' } });
  await db('production_order')
    .where(order)
    .update({ spoilt_by: 'producer', spoilt_at: db.fn.now(), spoilt_reason: 'Smudged' });
}

function optionRow(number: number): AuditRow {
  const details = { from: 6, to: 4, number };
  return { actor: 'admin', action: 'option-set', objectType: 'option', objectId: 'pin-length', details };
}

async function sampleRow(trx: Transaction, number: number, cards: { id: string; state: string }[]): Promise<AuditRow> {
  const actor = ['operator', 'approver', 'cli:root', 'system'][number % 4] ?? '';
  const card = cards[number % cards.length];
  if (number % 5 >= 3 || card === undefined) {
    if (number % 5 === 3) return optionRow(number);
    return { actor, action: 'session-opened', objectType: 'session', objectId: `s-${number}` };
  }
  const from = card.state;
  card.state = from === 'ordered' ? 'failed' : 'ordered';
  await trx('card').where({ id: card.id }).update({ state: card.state });
  const details = { number, text: `“${number}” = ünïcode\n`, list: [number, 1.5, null, { deep: number % 7 === 0 }] };
  return {
    actor,
    action: `card-${card.state}`,
    objectType: 'card',
    objectId: card.id,
    fromState: from,
    toState: card.state,
    processKey: 'issue-card',
    processVersion: 1 + (number % 3),
    details: card.state === 'failed' ? { ...details, reason: `Bad print ${number}` } : details,
  };
}

/** Erases what cards say of a person, as retention does. */
export async function erase(db: Knex, cards: readonly string[]): Promise<void> {
  await db.raw(`select erase_personal_data('system', '{"cause": "test"}', array[]::uuid[], cast(? as uuid[]))`, [
    [...cards],
  ]);
}

export async function anchorOf(db: Knex): Promise<Anchor[]> {
  const head = await readHead(db);
  return head === null ? [] : [{ ...head, at: new Date().toISOString() }];
}

/** Anchors as a place gives them. */
export async function* anchorStream(anchors: readonly (Anchor | null)[]): AsyncGenerator<Anchor | null> {
  yield* anchors;
}

/** A place of anchors that was opened. */
export function opened(anchors: readonly (Anchor | null)[]): OpenedAnchors[] {
  return [{ name: 'test', anchors: anchorStream(anchors), problem: null, expected: 0n }];
}

/** All anchors of a source. */
export async function anchorsOf(source: AnchorSource): Promise<(Anchor | null)[]> {
  const list = [];
  for await (const anchor of await source.read()) list.push(anchor);
  return list;
}
