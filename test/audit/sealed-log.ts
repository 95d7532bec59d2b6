import { randomUUID } from 'node:crypto';
import { appendAudit, type AuditRow } from '../../src/records/audit/audit-store.js';
import type { Anchor } from '../../src/records/audit/sealing/anchor-file.js';
import { readHead, sealAudit } from '../../src/records/audit/sealing/audit-sealer.js';
import type { Knex } from '../../src/kernel/db/database.js';
import { addHolder, installed } from '../support/cards-data.js';

/** A log with a row of every shape, some reasons erased, sealed in blocks of at most `blockRows`. */
export async function fillLog(db: Knex, rows: number, blockRows: number): Promise<Anchor[]> {
  await installed(db);
  const cards: string[] = [];
  for (let number = 1; number <= 4; number += 1) {
    const id = randomUUID();
    await db('card').insert({
      id,
      holder_id: await addHolder(db, `E-${number}`),
      card_type: 'visitor',
      state: 'registered',
    });
    cards.push(id);
  }
  const anchors: Anchor[] = [];
  for (let from = 0; from < rows; from += 2 * blockRows) {
    const count = Math.min(2 * blockRows, rows - from);
    await appendAudit(
      db,
      Array.from({ length: count }, (_, at) => sampleRow(from + at, cards)),
    );
    // What was rolled back leaves a gap in the ids.
    await db.transaction((trx) => appendAudit(trx, [sampleRow(0, cards)]).then(() => trx.rollback()));
    await sealAudit(db, blockRows);
    anchors.push(...(await anchorOf(db)));
  }
  await erase(db, cards.slice(0, 2));
  await sealAudit(db, blockRows);
  return [...anchors, ...(await anchorOf(db))];
}

function sampleRow(number: number, cards: readonly string[]): AuditRow {
  const actor = ['operator', 'approver', 'cli:root', 'system'][number % 4] ?? '';
  const card = cards[number % cards.length] ?? '';
  const process = { processKey: 'issue-card', processVersion: 1 + (number % 3) };
  const details = { number, text: `“${number}” = ünïcode\n`, list: [number, 1.5, null, { deep: number % 7 === 0 }] };
  return [
    {
      actor,
      action: 'card-failed',
      objectType: 'card',
      objectId: card,
      fromState: 'ordered',
      toState: 'failed',
      ...process,
      details: { ...details, reason: `Bad print ${number}` },
    },
    {
      actor,
      action: 'card-produced',
      objectType: 'card',
      objectId: card,
      fromState: 'ordered',
      toState: 'issued',
      ...process,
      details,
    },
    { actor, action: 'option-set', objectType: 'option', objectId: 'pin-length', details: { from: 6, to: 4, number } },
    { actor, action: 'session-opened', objectType: 'session', objectId: `s-${number}` },
    {
      actor,
      action: 'request-rejected',
      objectType: 'card-request',
      objectId: randomUUID(),
      fromState: 'requested',
      toState: 'rejected',
      details: { reason: null, number },
    },
  ][number % 5] as AuditRow;
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

/** Anchors as a file gives them. */
export async function* anchorStream(anchors: readonly (Anchor | null)[]): AsyncGenerator<Anchor | null> {
  yield* anchors;
}
