import { randomUUID } from 'node:crypto';
import type { Knex } from '../../src/kernel/db/database.js';
import { recordDecision, type DecisionToRecord } from '../../src/requests/request-decision.js';
import { getRequest } from '../../src/requests/request-reading.js';
import { whatChangedSince } from '../../src/cards/snapshots/snapshot-changes.js';
import { readSnapshot, takeSnapshots } from '../../src/cards/snapshots/snapshot-store.js';
import { addHolder, addPhoto } from '../fixtures/holders.js';
import { addLayoutVersion, choose, installed, variants } from '../fixtures/installation.js';
import { proofOf, register, seenContent } from '../fixtures/requests.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let db: Knex;
let holder: string;
/** Photo of the holder when the card was requested. */
let photo: string;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.knex;
});

afterAll(() => database.drop());

beforeEach(async () => {
  await database.clear();
  await installed(db);
  await db('card_type').where({ id: 'employee' }).update({ layout: 'employee' });
  await newLayoutVersion(1);
  holder = await addHolder(db, 'E-1', { photo: true });
  photo = (await db('holder').where({ id: holder }).first<{ photo_id: string }>('photo_id')).photo_id;
});

const newLayoutVersion = (version: number) => addLayoutVersion(db, 'employee', version);

async function newPhoto(): Promise<string> {
  const id = await addPhoto(db, Buffer.from('another'));
  await db('holder').where({ id: holder }).update({ photo_id: id });
  return id;
}

async function registered(variant: 'withApproval' | 'withoutApproval', requestedState: 'requested' | 'approved') {
  await choose(db, variant === 'withApproval' ? 'with-approval' : 'without-approval');
  const runningIn = { processInstanceId: randomUUID(), definitionId: variants[variant].definitionId };
  const registered = await register(db, { runningIn, requestedState, holder, cardType: 'employee' });
  const { card } = await getRequest(db, registered.requestId);
  return { ...registered, cardId: card?.id ?? '' };
}

const waiting = () => registered('withApproval', 'requested');

type Request = Awaited<ReturnType<typeof waiting>>;

async function approve(
  { requestId, processInstanceId }: Request,
  seen: string | null,
  more: Partial<DecisionToRecord> = {},
) {
  const proof = proofOf('approver');
  const decision = {
    requestId,
    processInstanceId,
    cause: 'approver',
    decision: 'approve',
    reason: null,
    proof,
    seenContent: seen,
    ...more,
  };
  return db.transaction((trx) => recordDecision(trx, decision as DecisionToRecord));
}

const elements = {
  name: 'Sample Person E-1',
  givenName: 'Sample',
  familyName: 'Person E-1',
  employeeNumber: 'E-1',
  department: 'Testing',
  cardTypeName: 'Employee',
};

test('an approval keeps data, photo and layout version as they are at that moment', async () => {
  const request = await waiting();
  expect(await readSnapshot(db, request.cardId)).toBeNull();
  const second = await newLayoutVersion(2);
  await approve(request, await seenContent(db, request.requestId));
  expect(await readSnapshot(db, request.cardId)).toEqual({
    elements,
    photoId: photo,
    layoutVersionId: second,
    takenAt: expect.any(Date),
  });
});

test('so does a registration that needs no approval', async () => {
  const { cardId } = await registered('withoutApproval', 'approved');
  expect(await readSnapshot(db, cardId)).toMatchObject({ elements, photoId: photo });
});

test('a rejected request has none, for everything that the approver saw', async () => {
  const request = await waiting();
  await approve(request, null, { decision: 'reject', reason: 'not needed' });
  expect(await readSnapshot(db, request.cardId)).toBeNull();
});

test.each<[string, () => Promise<unknown>]>([
  ['the name', () => db('holder').where({ id: holder }).update({ family_name: 'Impostor' })],
  ['the employee number', () => db('holder').where({ id: holder }).update({ employee_number: 'E-9' })],
  ['the department', () => db('holder').where({ id: holder }).update({ department: 'Board' })],
  ['the e-mail', () => db('holder').where({ id: holder }).update({ email: 'other@example.org' })],
  ['the photo', newPhoto],
  ['the photo, to none', () => db('holder').where({ id: holder }).update({ photo_id: null })],
  ['the card type', () => db('card_type').where({ id: 'employee' }).update({ name: 'Master key' })],
])('nobody approves something else than they saw: %s', async (_what, change) => {
  const request = await waiting();
  const seen = await seenContent(db, request.requestId);
  await change();
  await expect(approve(request, seen)).rejects.toMatchObject({
    code: 'request-outdated',
    message: expect.stringContaining('Nothing was decided'),
  });
  expect(await getRequest(db, request.requestId)).toMatchObject({ state: 'requested', decision: null });
  expect(await readSnapshot(db, request.cardId)).toBeNull();
  expect(await approve(request, await seenContent(db, request.requestId))).toBe('approved');
});

test('an approval without a record of what was seen is refused', async () => {
  const request = await waiting();
  await expect(approve(request, null)).rejects.toMatchObject({ code: 'request-outdated' });
});

test('an inactive holder cannot be approved, only rejected', async () => {
  const request = await waiting();
  const seen = await seenContent(db, request.requestId);
  await db('holder').where({ id: holder }).update({ state: 'inactive' });
  await expect(approve(request, seen)).rejects.toMatchObject({
    code: 'holder-inactive',
    message: expect.stringContaining('Reject the request'),
  });
  expect(await approve(request, seen, { decision: 'reject', reason: 'has left' })).toBe('rejected');
});

test('an approval and a change of the holder at once: the snapshot is what was seen, or nothing is approved', async () => {
  for (let round = 0; round < 10; round += 1) {
    await db('card_request').whereNull('ended_at').update({ state: 'aborted', ended_at: db.fn.now() });
    const request = await waiting();
    const seen = await seenContent(db, request.requestId);
    const { department } = await db('holder').where({ id: holder }).first<{ department: string }>('department');
    const [approval] = await Promise.allSettled([
      approve(request, seen),
      db('holder')
        .where({ id: holder })
        .update({ department: `Department ${round}` }),
    ]);
    const snapshot = await readSnapshot(db, request.cardId);
    if (approval.status === 'fulfilled') expect(snapshot?.elements.department).toBe(department);
    else expect([approval.reason.code, snapshot]).toEqual(['request-outdated', null]);
  }
});

test('the first snapshot stays, and no code path can change it', async () => {
  const { cardId } = await registered('withoutApproval', 'approved');
  await db('holder').where({ id: holder }).update({ department: 'Elsewhere' });
  await db.transaction((trx) => takeSnapshots(trx, [cardId]));
  expect(await readSnapshot(db, cardId)).toMatchObject({ elements });
  await expect(db('card_snapshot').update({ data: '{}' })).rejects.toThrow('append-only');
  await expect(db('card_snapshot').delete()).rejects.toThrow('append-only');
  await expect(db('layout_version').update({ template: '{"front": []}' })).rejects.toThrow('append-only');
});

describe('what has changed since', () => {
  test('nothing, of a card that is as it was approved', async () => {
    const { cardId } = await registered('withoutApproval', 'approved');
    await db('holder').where({ id: holder }).update({ email: 'new@example.org' });
    expect((await whatChangedSince(db, [cardId])).get(cardId)).toEqual([]);
  });

  test('is named field by field, in words', async () => {
    const { cardId } = await registered('withoutApproval', 'approved');
    await db('holder').where({ id: holder }).update({ department: 'Elsewhere', family_name: 'Renamed' });
    await newPhoto();
    await newLayoutVersion(2);
    const time = expect.stringMatching(/^of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
    expect((await whatChangedSince(db, [cardId])).get(cardId)).toEqual([
      { field: 'Family name', approved: 'Person E-1', now: 'Renamed' },
      { field: 'Department', approved: 'Testing', now: 'Elsewhere' },
      { field: 'Layout', approved: 'employee, version 1', now: 'employee, version 2' },
      { field: 'Photo', approved: time, now: time },
    ]);
  });

  test('names a photo or a layout that is gone', async () => {
    const { cardId } = await registered('withoutApproval', 'approved');
    await db('holder').where({ id: holder }).update({ photo_id: null });
    await db('card_type').where({ id: 'employee' }).update({ layout: null });
    expect((await whatChangedSince(db, [cardId])).get(cardId)).toMatchObject([
      { field: 'Layout', approved: 'employee, version 1', now: 'none' },
      { field: 'Photo', now: 'none' },
    ]);
  });
});
