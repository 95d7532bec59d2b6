import { getBatch, listRows } from '../../../src/batch-rows/batch-reading.js';
import { recordDecisions } from '../../../src/batches/requesting/deciding.js';
import { namesInFile, namesInText } from '../../../src/batches/requesting/holder-names.js';
import { beginRegistering, registerBatch } from '../../../src/batches/requesting/registering.js';
import { readExceptions } from '../../../src/batches/requesting/request-batch-form.js';
import { draftRequests, type HolderChoice } from '../../../src/batches/requesting/request-draft.js';
import { cancelBatch } from '../../../src/batches/batch-closing.js';
import type { Knex } from '../../../src/kernel/db/database.js';
import { abortRequest } from '../../../src/requests/request-abort.js';
import { changeUseCase } from '../../../src/variants/use-cases/use-case-changes.js';
import { ensureUseCases, recordVersions } from '../../../src/variants/use-cases/use-case-store.js';
import { addHolder, addHolders } from '../../fixtures/holders.js';
import { choose, installed, switchUseCase, versionOf } from '../../fixtures/installation.js';
import { codeOf } from '../../support/refusals.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { lockWaits } from '../../support/lock-waits.js';
import { proofOf } from '../../fixtures/requests.js';

let database: TestDatabase;
let db: Knex;

const version = (variant: string, number?: number) => versionOf('request-multiple-cards', variant, number);
const definitionOf = (variant: string, number?: number) => version(variant, number).definitionId;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.knex;
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.clear();
  await installed(db);
  await recordVersions(db, [version('with-approval'), version('without-approval')]);
  await choose(db, 'with-approval');
});

const holders = (count: number, department = 'Many') => addHolders(db, count, department.slice(0, 1), department);

const draft = async (chosen: HolderChoice, cardType = 'visitor'): Promise<string> =>
  (await db.transaction((trx) => draftRequests(trx, { owner: 'operator', label: '', cardType, madeIn: null }, chosen)))
    .id;
const runningIn = (variant = 'with-approval', processInstanceId = 'instance') => ({
  processInstanceId,
  definitionId: definitionOf(variant),
});
const register = (
  batchId: string,
  requestedState: 'requested' | 'approved' = 'requested',
  variant = 'with-approval',
  instance = 'instance',
) => registerBatch(db, { batchId, requestedState, runningIn: runningIn(variant, instance) });
const proof = (user = 'approver') => proofOf(user);
const decide = (batchId: string, more: object = {}) =>
  recordDecisions(db, {
    batchId,
    processInstanceId: 'instance',
    cause: 'approver',
    decision: 'approve',
    reason: null,
    exceptions: [],
    proof: proof(),
    ...more,
  });
const countsOf = async (id: string) => (await getBatch(db, id)).counts;
const requestsOf = async (batchId: string) => db('card_request').where({ batch_id: batchId });

/** The counts of the order, and what its rows, requests and cards say. */
async function judged(id: string): Promise<object> {
  const { rows } = await db.raw(
    `select count(*) filter (where b.state = 'ordered' and r.state = 'requested' and c.state = 'requested')::int as waiting,
       count(*) filter (where b.state = 'succeeded' and r.state = 'approved' and c.state = 'approved' and s.card_id is not null)::int as succeeded,
       count(*) filter (where b.state = 'failed' and r.state = 'rejected' and c.state = 'rejected')::int as failed,
       count(*) filter (where b.state = 'withdrawn' and r.state = 'aborted' and c.state = 'aborted')::int as withdrawn,
       count(*) filter (where b.state = 'skipped' and b.request_id is null)::int as skipped, count(*)::int as chosen
     from batch_row b left join card_request r on r.id = b.request_id left join card c on c.id = b.card_id left join card_snapshot s on s.card_id = c.id where b.batch_id = ?`,
    [id],
  );
  const { chosen, skipped, ordered, succeeded, failed, withdrawn } = await countsOf(id);
  expect(rows[0]).toEqual({
    chosen,
    skipped,
    succeeded,
    failed,
    withdrawn,
    waiting: ordered - succeeded - failed - withdrawn,
  });
  return rows[0];
}

describe('registering', () => {
  it('is done once for any number of deliveries, and counts right', async () => {
    await holders(1_203);
    const id = await draft({ department: 'many' });
    expect(await Promise.all([register(id), register(id), register(id)])).toEqual(['running', 'running', 'running']);
    expect(await judged(id)).toMatchObject({ chosen: 1_203, waiting: 1_203 });
    expect(await requestsOf(id)).toHaveLength(1_203);
    expect(await db('audit').where({ action: 'card-registered' })).toHaveLength(1_203);
  });

  it('continues after a crash with the rest', async () => {
    await holders(1_100);
    const id = await draft({ department: 'Many' });
    await db.raw(`
      create function die() returns trigger language plpgsql as $$ begin
        if (select count(*) from card_request) >= 700 then raise exception 'dead'; end if; return null; end $$;
      create trigger die after insert on card_request for each row execute function die()`);
    await expect(register(id)).rejects.toThrow('dead');
    await db.raw('drop trigger die on card_request; drop function die()');
    expect(await judged(id)).toMatchObject({ waiting: 500 });
    expect(await register(id)).toBe('running');
    expect(await judged(id)).toMatchObject({ waiting: 1_100 });
  });

  it('skips a holder who can no longer get a card, with the code of the reason', async () => {
    const [well, left, asked] = [await addHolder(db, 'W-1'), await addHolder(db, 'L-1'), await addHolder(db, 'A-1')];
    const [first, second] = [await draft(['W-1', 'L-1', 'A-1']), await draft(['A-1'])];
    await db('holder').where({ id: left }).update({ state: 'inactive' });
    await register(second, 'requested', 'with-approval', 'other');
    await register(first);
    expect(
      (await listRows(db, first, { limit: 10 })).map(({ holder, state, code }) => [holder?.id, state, code]),
    ).toEqual([
      [well, 'ordered', null],
      [left, 'skipped', 'holder-inactive'],
      [asked, 'skipped', 'open-request-exists'],
    ]);
    await judged(first);
  });

  it('two batches at once for the same card holders make one request each', async () => {
    await holders(600);
    const [one, other] = [await draft({ department: 'Many' }), await draft({ department: 'Many' })];
    await Promise.all([register(one), register(other, 'requested', 'with-approval', 'other')]);
    expect(await db('card_request')).toHaveLength(600);
    const [first, second] = [await countsOf(one), await countsOf(other)];
    expect(first.ordered + second.ordered).toBe(600);
    for (const id of [one, other]) await judged(id);
  });

  it('goes by the variant of Request card and no other; a switch asks to confirm again, and touches nothing that is registered', async () => {
    await holders(2);
    const id = await draft({ department: 'Many' });
    expect(await codeOf(register(id, 'approved', 'without-approval'))).toBe('variant-changed');
    await choose(db, 'without-approval');
    expect(await codeOf(register(id))).toBe('variant-changed');
    expect(await requestsOf(id)).toEqual([]);
    await register(id, 'approved', 'without-approval');
    expect(await judged(id)).toMatchObject({ succeeded: 2 });
    expect((await getBatch(db, id)).state).toBe('completed');
  });

  it('keeps the variant that was pinned by the API across a switch, and where Request card is disabled since', async () => {
    await addHolder(db, 'P-1');
    const gone = await addHolder(db, 'P-2');
    const id = await draft(['P-1', 'P-2']);
    await db.transaction((trx) => beginRegistering(trx, id, null));
    await db.transaction((trx) => changeUseCase(trx, 'issue-card', { enabled: true }, { actor: 'admin' }));
    await db.transaction((trx) =>
      changeUseCase(trx, 'request-card', { enabled: false, variant: 'without-approval' }, { actor: 'admin' }),
    );
    await db('holder').where({ id: gone }).update({ state: 'inactive' });
    expect(await codeOf(register(id, 'approved', 'without-approval'))).toBe('variant-changed');
    expect(await register(id)).toBe('running');
    expect(await judged(id)).toMatchObject({ waiting: 1, skipped: 1 });
  });

  it('is refused where no diagram does for many what is chosen for one', async () => {
    await holders(1);
    await db('process_version')
      .where({ definition_id: definitionOf('with-approval') })
      .delete();
    const id = await draft({ department: 'Many' });
    expect(await codeOf(db.transaction((trx) => beginRegistering(trx, id, null)))).toBe('variant-unknown');
  });

  it('belongs to one instance: another one is refused', async () => {
    await holders(1);
    const id = await draft({ department: 'Many' });
    await register(id);
    expect(await codeOf(register(id, 'requested', 'with-approval', 'another'))).toBe('batch-state');
    await expect(
      db('card_request').where({ batch_id: id }).update({ process_instance_id: 'another' }),
    ).rejects.toMatchObject({ constraint: 'card_request_one_process' });
  });
});

describe('deciding', () => {
  it('is recorded with one proof for each, over several transactions, and once', async () => {
    await holders(1_050);
    const id = await draft({ department: 'Many' });
    await register(id);
    const one = proof();
    const exceptions = [
      { row: 7, reason: 'Has left.' },
      { row: 1_000, reason: 'Unknown.' },
    ];
    expect(await decide(id, { exceptions, proof: one })).toEqual({ state: 'completed', refusal: null });
    expect(await decide(id, { exceptions, proof: one })).toEqual({ state: 'completed', refusal: null });
    expect(await judged(id)).toMatchObject({ succeeded: 1_048, failed: 2, waiting: 0 });
    expect(await db('decision').where({ operation_id: one.operationId })).toHaveLength(1_050);
    expect(await db('decision').where({ decision: 'reject' }).orderBy('reason').pluck('reason')).toEqual([
      'Has left.',
      'Unknown.',
    ]);
    expect(await db('mail').whereLike('event_key', 'batch-decided:%')).toHaveLength(1);
  }, 60_000);

  it('is no way round the separation of duties: neither the requester nor, of their own card, a card holder', async () => {
    await addHolder(db, 'O-1', { account: 'approver' });
    await addHolder(db, 'O-2');
    const id = await draft(['O-1', 'O-2']);
    await register(id);
    expect(await codeOf(decide(id, { proof: proof('Operator') }))).toBe('self-approval');
    const { state, refusal } = await decide(id);
    expect([state, refusal]).toEqual(['running', expect.stringContaining('This card is for you')]);
    expect(await judged(id)).toMatchObject({ succeeded: 1, waiting: 1 });
    expect(await codeOf(decide(id))).toBe('self-approval');
    expect(await codeOf(decide(id, { decision: 'reject', reason: 'Mine.' }))).toBe('self-approval');
    expect(await decide(id, { proof: proof('approver2') })).toMatchObject({ state: 'completed' });
  });

  it('leaves requests that have changed since they were shown, and shows them anew; an inactive holder is not approved', async () => {
    const [changed, gone] = [await addHolder(db, 'C-1'), await addHolder(db, 'C-2')];
    await addHolder(db, 'C-3');
    const id = await draft(['C-1', 'C-2', 'C-3']);
    await register(id);
    await db('holder').where({ id: changed }).update({ department: 'Elsewhere' });
    await db('holder').where({ id: gone }).update({ state: 'inactive' });
    expect(await decide(id)).toMatchObject({ state: 'running' });
    expect(await judged(id)).toMatchObject({ succeeded: 1, waiting: 2 });
    expect(await decide(id)).toMatchObject({ state: 'running', refusal: expect.stringContaining('inactive') });
    expect(await judged(id)).toMatchObject({ succeeded: 2, waiting: 1 });
    expect(await decide(id, { decision: 'reject', reason: 'Has left.' })).toMatchObject({ state: 'completed' });
  });

  it('is not made in another process, without reasons, or on places that are none', async () => {
    await holders(2);
    const id = await draft({ department: 'Many' });
    await register(id);
    expect(await codeOf(decide(id, { processInstanceId: 'another' }))).toBe('not-found');
    expect(await codeOf(decide(id, { decision: 'reject', reason: ' ' }))).toBe('reason-missing');
    expect(await codeOf(decide(id, { exceptions: [{ row: 1, reason: '' }] }))).toBe('reason-missing');
    expect(await codeOf(decide(id, { exceptions: [{ row: 3, reason: 'Why' }] }))).toBe('invalid-request');
    expect(await codeOf(recordDecisions(db, { batchId: id, processInstanceId: 'instance', cause: 'time-limit' }))).toBe(
      'not-requested',
    );
    expect(await judged(id)).toMatchObject({ waiting: 2 });
  });
});

describe('aborting', () => {
  it('ends with the last one, for every mix of concurrent outcomes', async () => {
    await holders(30);
    const id = await draft({ department: 'Many' });
    await register(id);
    const [one, two, ...rest] = (await requestsOf(id)).map((request: { id: string }) => request.id);
    await Promise.all(
      [one, two].map((each) => db.transaction((trx) => abortRequest(trx, 'operator', each ?? '', null))),
    );
    await Promise.allSettled([
      decide(id),
      ...rest.slice(0, 5).map((each) => db.transaction((trx) => abortRequest(trx, 'operator', each, null))),
      db.transaction((trx) => cancelBatch(trx, { batchId: id, by: 'operator', runningIn: null, reason: 'Together.' })),
    ]);
    expect(await judged(id)).toMatchObject({ chosen: 30, waiting: 0 });
    expect((await getBatch(db, id)).state).toBe('completed');
  });

  it('takes a request out of a decision that is just being made', async () => {
    await holders(3);
    const id = await draft({ department: 'Many' });
    await register(id);
    const [first] = (await requestsOf(id)).map((request: { id: string }) => request.id);
    const aborting = await db.transaction();
    await abortRequest(aborting, 'operator', first ?? '', null);
    const deciding = decide(id);
    await eventually('the decision waits for the request', 60_000, async () => (await lockWaits(db)) === 1);
    await aborting.commit();
    expect(await deciding).toMatchObject({ state: 'completed', refusal: null });
    expect(await judged(id)).toMatchObject({ succeeded: 2, withdrawn: 1 });
  });

  it('is for the requester alone; a draft goes with everything in it', async () => {
    await holders(1);
    const id = await draft({ department: 'Many' });
    const cancel = (by: string) =>
      db.transaction((trx) => cancelBatch(trx, { batchId: id, by, runningIn: null, reason: null }));
    expect(await codeOf(cancel('somebody'))).toBe('not-own-request');
    await cancel('operator');
    expect(await db('batch_order')).toEqual([]);
  });
});

describe('what people write', () => {
  it.each([
    ['12: has left', [{ row: 12, reason: 'has left' }]],
    [
      ' 3:a \r\n\r\n4 - b: c',
      [
        { row: 3, reason: 'a' },
        { row: 4, reason: 'b: c' },
      ],
    ],
  ])('exceptions %j', (text, exceptions) => {
    expect(readExceptions(text)).toEqual(exceptions);
  });

  it.each(['12', 'Ada: has left', '12:', '1234567: too far'])('%j is no exception', (text) => {
    expect(() => readExceptions(text)).toThrow('is no exception');
  });

  it('names in a text, and in a file with or without headings', async () => {
    expect(await namesInText('P-1, P-2;P-3\r\n"P-4"\n\n')).toEqual(['P-1', 'P-2', 'P-3', 'P-4']);
    const named = Buffer.from('\uFEFFname;Employee_Number\r\nAda;P-1\r\n;\r\nBob;P-2');
    expect(await namesInFile(named)).toEqual(['P-1', 'P-2']);
    expect(await namesInFile(Buffer.from('P-1,Ada\nP-2\n'))).toEqual(['P-1', 'P-2']);
    await expect(namesInFile(Buffer.from([0xff, 0xfe, 0x00]))).rejects.toThrow('damaged UTF-16');
    await expect(namesInFile(Buffer.from('"P-1\nP-2'))).rejects.toThrow('cannot be read from here on');
  });
});

it('an installation that had Request card enabled has Request multiple cards enabled after the upgrade', async () => {
  await database.clear();
  await switchUseCase(db, 'request-card', true);
  await ensureUseCases(db);
  expect(await db('use_case').where({ id: 'request-multiple-cards' }).first('enabled')).toEqual({ enabled: true });
});
