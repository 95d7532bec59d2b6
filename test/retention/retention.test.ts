/** Erasing by time, in the database alone. */
import { appendAudit } from '../../src/records/audit/audit-store.js';
import { sealAudit } from '../../src/records/audit/sealing/audit-sealer.js';
import { verifyAudit } from '../../src/records/audit/verification/verify-audit.js';
import type { Knex } from '../../src/kernel/db/database.js';
import { enqueueMail } from '../../src/records/mail/mail-outbox.js';
import { setOption } from '../../src/directory/options/options.js';
import {
  lastRetentionRun,
  previewRetention,
  runRetention,
  runRetentionDaily,
} from '../../src/oversight/retention/retention-run.js';
import { addHolder } from '../fixtures/holders.js';
import { installed, variants } from '../fixtures/installation.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { addCard, addSnapshot } from '../fixtures/cards.js';
import { addRequest, decisionRow } from '../fixtures/requests.js';

let database: TestDatabase;
let db: Knex;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.knex;
});
beforeEach(async () => {
  await database.clear();
  await installed(db);
});
afterAll(() => database.drop());

const set = (name: string, value: unknown) => db.transaction((trx) => setOption(trx, 'admin', name, value));

/** A request that was rejected so many days ago, with its card, decision, snapshot and mail. */
async function rejected(number: string, daysAgo: number): Promise<{ request: string; card: string }> {
  const holder = await addHolder(db, number, { photo: true });
  const { photo_id: photo } = await db('holder').where({ id: holder }).first<{ photo_id: string }>('photo_id');
  const at = new Date(Date.now() - daysAgo * 86_400_000);
  const reason = `Not ${number}`;
  const of = { holder, cardType: 'employee' };
  const card = await addCard(db, { ...of, state: 'requested', createdAt: at });
  await addSnapshot(db, card, { familyName: `Person ${number}`, cardTypeName: 'Employee' }, photo);
  await db('card').where({ id: card }).update({ state: 'rejected' });
  const request = await addRequest(db, { ...of, card, state: 'rejected', endedAt: at, reason });
  const byTimeLimit = { cause: 'time-limit', approver: null, task_id: null, operation_id: null, completed_at: null };
  await db('decision').insert(decisionRow(request, { ...byTimeLimit, decision: 'reject', reason }));
  await appendAudit(db, [
    {
      actor: 'system',
      action: 'request-rejected',
      objectType: 'card-request',
      objectId: request,
      fromState: 'requested',
      toState: 'rejected',
      details: { reason },
    },
    { actor: 'system', action: 'request-rejected', objectType: 'card', objectId: card, toState: 'rejected' },
  ]);
  await enqueueMail(db, [
    {
      eventKey: `request-decided:${request}`,
      toAccount: 'operator',
      subject: `Person ${number}`,
      body: 'B',
      linkPath: '/',
    },
  ]);
  // The holder has a newer photo since.
  await db('holder').where({ id: holder }).update({ photo_id: null });
  await db.transaction(async (trx) => {
    await trx.raw(`set local session_replication_role = 'replica'`);
    await trx('photo').where({ id: photo }).update({ created_at: at });
  });
  return { request, card };
}

test('personal data goes after its days, younger data stays, and the log stays whole', async () => {
  const old = await rejected('E-1', 400);
  const young = await rejected('E-2', 100);
  await sealAudit(db);
  expect(await previewRetention(db)).toEqual({ requests: 1, cards: 1, photos: 0 });
  expect(await runRetention(db, 'admin')).toEqual({ requests: 1, cards: 1, photos: 0 });
  const reasons = async ({ request }: { request: string }) =>
    (await db('decision').where({ request_id: request }).first<{ reason: string }>('reason')).reason;
  expect([await reasons(old), await reasons(young)]).toEqual(['(erased)', 'Not E-2']);
  expect(await db('card_snapshot').where({ card_id: old.card }).first('data', 'photo_id')).toEqual({
    data: { familyName: '(erased)', cardTypeName: 'Employee' },
    photo_id: null,
  });
  expect(await db('mail').pluck('subject')).toEqual(['Person E-2']);
  expect(await db('photo').count({ count: '*' })).toEqual([{ count: '1' }]);
  expect(await db('erasure_to_finish').orderBy('kind').select('kind', 'id')).toEqual([
    { kind: 'card', id: old.card },
    { kind: 'card-request', id: old.request },
  ]);
  expect(await runRetention(db, 'admin')).toEqual({ requests: 0, cards: 0, photos: 0 });
  await sealAudit(db);
  expect(await verifyAudit(db)).toMatchObject({ intact: true });
});

test('options say how long; without days nothing goes', async () => {
  await rejected('E-1', 400);
  await set('request-data-days', null);
  await set('card-data-days', null);
  expect(await runRetention(db, 'admin')).toEqual({ requests: 0, cards: 0, photos: 0 });
  await set('card-data-days', 30);
  expect(await previewRetention(db)).toEqual({ requests: 0, cards: 1, photos: 0 });
  await set('request-data-days', 500);
  expect(await previewRetention(db)).toEqual({ requests: 0, cards: 1, photos: 0 });
});

test('goes through any number in chunks', async () => {
  const holder = await addHolder(db, 'E-1');
  await db.raw(
    `insert into card_request (id, holder_id, card_type, requester, source, state, definition_id, ended_at)
     select gen_random_uuid(), :holder, 'visitor', 'operator', 'api', 'refused', :definition, '2001-01-01' from generate_series(1, 1200) g`,
    { holder, definition: variants.withApproval.definitionId },
  );
  expect(await runRetention(db, 'system')).toEqual({ requests: 1200, cards: 0, photos: 0 });
  expect(await lastRetentionRun(db)).toMatchObject({
    actor: 'system',
    requests: 1200,
    endedAt: expect.any(Date) as Date,
  });
});

test('the system runs it once a day', async () => {
  expect(await runRetentionDaily(db)).toEqual({ requests: 0, cards: 0, photos: 0 });
  expect(await runRetentionDaily(db)).toBeNull();
  await db('retention_run').update({ started_at: db.raw(`now() - interval '25 hours'`) });
  expect(await runRetentionDaily(db)).not.toBeNull();
});
