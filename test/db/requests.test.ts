import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import type { Knex } from '../../src/kernel/db/database.js';
import { abortRequest, refuseReservation } from '../../src/requests/request-abort.js';
import { recordDecision, type DecisionToRecord } from '../../src/requests/request-decision.js';
import { dataErrorOf } from '../../src/kernel/db/data-error.js';
import type { EngineClient } from '../../src/engine/client.js';
import { getRequest } from '../../src/requests/request-reading.js';
import { reserveRequest, type Registration, type Reservation } from '../../src/requests/request-registration.js';
import { sweepRequests } from '../../src/requests/request-sweep.js';
import { recordVersions } from '../../src/variants/use-cases/use-case-store.js';
import { setOption } from '../../src/directory/options/options.js';
import { addHolder } from '../fixtures/holders.js';
import { choose, chooseDefinition, installed, variants } from '../fixtures/installation.js';
import {
  approvalRow,
  decisionRow,
  proofOf as newProof,
  register as registered,
  seenContent,
} from '../fixtures/requests.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { lockWaits } from '../support/lock-waits.js';

let database: TestDatabase;
let db: Knex;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.knex;
});

afterAll(() => database.drop());

beforeEach(async () => {
  await database.clear();
  await installed(db);
});

const reserve = (reservation: Partial<Reservation> & { holder: string }) =>
  db.transaction((trx) =>
    reserveRequest(trx, { requester: 'operator', cardType: 'visitor', idempotencyKey: null, ...reservation }),
  );

const register = (registration: Partial<Registration> & { holder: string }) => registered(db, registration);

/** Distributed over the union, which a plain `Omit` would flatten. */
type WithoutSeen<T> = T extends unknown ? Omit<T, 'seenContent'> : never;

/** Records a decision of someone who has just looked at the request. */
const record = async (decision: WithoutSeen<DecisionToRecord>) => {
  const toRecord = { ...decision, seenContent: await seenContent(db, decision.requestId) } as DecisionToRecord;
  return db.transaction((trx) => recordDecision(trx, toRecord));
};

/** A registered request that waits for its decision. */
const waiting = (holder: string) => register({ holder });

const proofOf = (user: string) => newProof(user, 'operation');
const approve = { cause: 'approver', decision: 'approve', reason: null, proof: proofOf('approver') } as const;

describe('reserving', () => {
  it('is refused while nothing is enabled', async () => {
    await addHolder(db, 'E-1');
    await expect(reserve({ holder: 'E-1' })).rejects.toMatchObject({ code: 'use-case-disabled' });
  });

  it('puts the start into the outbox, in the name of the requester and with the chosen variant', async () => {
    await choose(db, 'with-approval');
    const holder = await addHolder(db, 'E-1');
    const { id } = await reserve({ holder: 'e-1@example.org' });
    expect(await getRequest(db, id)).toMatchObject({
      state: 'registered',
      card: null,
      variant: 'with-approval',
      holder: { id: holder },
    });
    const [command] = await db('engine_command').select('kind', 'payload');
    expect(command).toMatchObject({
      kind: 'start',
      payload: {
        user: 'operator',
        businessKey: id,
        variables: { variantKey: { value: 'request-card-with-approval' }, variantVersion: { value: 1 } },
      },
    });
  });

  it.each([
    ['an unknown holder', { holder: 'nobody' }, 'holder-unknown'],
    ['an inactive holder', { holder: 'E-2' }, 'holder-inactive'],
    ['an unknown card type', { holder: 'E-1', cardType: 'golden' }, 'card-type-unknown'],
    ['a missing photo', { holder: 'E-1', cardType: 'employee' }, 'photo-missing'],
  ])('is refused for %s, and leaves nothing behind', async (_what, reservation, code) => {
    await choose(db, 'with-approval');
    await addHolder(db, 'E-1');
    await addHolder(db, 'E-2', { state: 'inactive' });
    await expect(reserve(reservation)).rejects.toMatchObject({ code });
    for (const table of ['card_request', 'card', 'engine_command']) expect(await db(table)).toEqual([]);
  });

  it('takes a photo where the card type needs one', async () => {
    await choose(db, 'without-approval');
    await addHolder(db, 'E-1', { photo: true });
    await expect(reserve({ holder: 'E-1', cardType: 'employee' })).resolves.toMatchObject({ repeated: false });
  });

  it('answers a repeat with the same idempotency key with the same request', async () => {
    await choose(db, 'with-approval');
    await addHolder(db, 'E-1');
    await addHolder(db, 'E-2');
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => reserve({ holder: 'E-1', idempotencyKey: 'once' })),
    );
    expect(new Set(answers.map((answer) => answer.id)).size).toBe(1);
    expect(answers.filter((answer) => !answer.repeated)).toHaveLength(1);
    await expect(reserve({ holder: 'E-2', idempotencyKey: 'once' })).rejects.toMatchObject({
      code: 'idempotency-mismatch',
    });
    await expect(reserve({ holder: 'E-2', idempotencyKey: 'once', requester: 'operator2' })).resolves.toMatchObject({
      repeated: false,
    });
  });

  it('lets one of many at once through for the same holder and card type', async () => {
    await choose(db, 'with-approval');
    await addHolder(db, 'E-1');
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => reserve({ holder: 'E-1' })));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'open-request-exists' });
  });
});

describe('registering', () => {
  it('makes the card and reaches the state that the diagram names, with an audit row for each', async () => {
    await choose(db, 'without-approval');
    const holder = await addHolder(db, 'E-1');
    const runningIn = { processInstanceId: randomUUID(), definitionId: variants.withoutApproval.definitionId };
    const { requestId } = await register({ holder, runningIn, requestedState: 'approved' });
    expect(await getRequest(db, requestId)).toMatchObject({
      state: 'approved',
      card: { state: 'approved' },
      requester: 'operator',
      processDefinitionKey: 'request-card-without-approval',
    });
    expect(await db('audit').where({ action: 'card-registered' }).first()).toMatchObject({
      actor: 'operator',
      from_state: 'registered',
      to_state: 'approved',
      process_key: 'request-card-without-approval',
      process_version: 1,
    });
  });

  it('is a no-op for the same instance, and harmless for a second one', async () => {
    await choose(db, 'with-approval');
    const holder = await addHolder(db, 'E-1');
    const { id } = await reserve({ holder });
    const runningIn = { processInstanceId: randomUUID(), definitionId: variants.withApproval.definitionId };
    await register({ holder, runningIn, requestId: id });
    await register({ holder, runningIn, requestId: id });
    await expect(register({ holder, requestId: id })).rejects.toMatchObject({ code: 'open-request-exists' });
    expect(await db('card')).toHaveLength(1);
    expect(await db('mail')).toHaveLength(1);
    expect((await getRequest(db, id)).processInstanceId).toBe(runningIn.processInstanceId);
  });

  it('is refused in a diagram that is not the chosen one', async () => {
    await choose(db, 'with-approval');
    const holder = await addHolder(db, 'E-1');
    const smuggled = { processInstanceId: randomUUID(), definitionId: variants.withoutApproval.definitionId };
    await expect(register({ holder, runningIn: smuggled, requestedState: 'approved' })).rejects.toMatchObject({
      code: 'variant-changed',
    });
    const { id } = await reserve({ holder });
    await expect(
      register({ holder, runningIn: smuggled, requestedState: 'approved', requestId: id }),
    ).rejects.toMatchObject({ code: 'variant-changed' });
    expect(await db('card')).toEqual([]);
  });

  it('is refused in a version that was not released', async () => {
    await recordVersions(db, [variants.withApproval2]);
    await choose(db, 'with-approval', 1);
    const holder = await addHolder(db, 'E-1');
    const newer = { processInstanceId: randomUUID(), definitionId: variants.withApproval2.definitionId };
    await expect(register({ holder, runningIn: newer })).rejects.toMatchObject({ code: 'variant-changed' });
    await choose(db, 'with-approval', 2);
    await expect(register({ holder, runningIn: newer })).resolves.toBeDefined();
  });

  it('keeps the variant of a reserved request across a switch', async () => {
    await choose(db, 'with-approval');
    const holder = await addHolder(db, 'E-1');
    const { id } = await reserve({ holder });
    await choose(db, 'without-approval');
    await register({ holder, requestId: id });
    expect(await getRequest(db, id)).toMatchObject({ state: 'requested', variant: 'with-approval' });
  });

  it('uses the most specific choice', async () => {
    await choose(db, 'with-approval');
    await chooseDefinition(db, variants.withoutApproval.definitionId, 'visitor');
    const holder = await addHolder(db, 'E-1', { photo: true });
    const without = { processInstanceId: randomUUID(), definitionId: variants.withoutApproval.definitionId };
    await expect(register({ holder, cardType: 'visitor' })).rejects.toMatchObject({ code: 'variant-changed' });
    await expect(
      register({ holder, cardType: 'visitor', runningIn: without, requestedState: 'approved' }),
    ).resolves.toBeDefined();
    await expect(register({ holder, cardType: 'employee' })).resolves.toBeDefined();
  });

  it('looks again at the holder of a reserved request', async () => {
    await choose(db, 'with-approval');
    const holder = await addHolder(db, 'E-1');
    const { id } = await reserve({ holder });
    await db('holder').where({ id: holder }).update({ state: 'inactive' });
    await expect(register({ holder, requestId: id })).rejects.toMatchObject({ code: 'holder-inactive' });
    await db.transaction((trx) => refuseReservation(trx, id, 'inactive by now'));
    expect(await getRequest(db, id)).toMatchObject({ state: 'refused', reason: 'inactive by now', card: null });
    await db('holder').where({ id: holder }).update({ state: 'active' });
    await expect(reserve({ holder })).resolves.toBeDefined();
  });

  it('does not trust the state named for a new card', async () => {
    await choose(db, 'with-approval');
    const holder = await addHolder(db, 'E-1');
    await expect(register({ holder, requestedState: 'issued' as 'approved' })).rejects.toThrow('move');
    expect(await db('card').select('id')).toEqual([]);
  });
});

describe('deciding', () => {
  let holder: string;

  beforeEach(async () => {
    await choose(db, 'with-approval');
    holder = await addHolder(db, 'E-1', { account: 'holder' });
  });

  it('approves once, also after later decisions', async () => {
    const request = await waiting(holder);
    expect(await record({ ...request, ...approve })).toBe('approved');
    expect(await record({ ...request, ...approve, decision: 'reject', reason: 'no' })).toBe('approved');
    expect(await getRequest(db, request.requestId)).toMatchObject({
      state: 'approved',
      card: { state: 'approved' },
      decision: { decision: 'approve', approver: 'approver' },
    });
    expect(await db('mail').where({ event_key: `request-decided:${request.requestId}` })).toHaveLength(1);
  });

  it('rejects with a reason only', async () => {
    const request = await waiting(holder);
    await expect(record({ ...request, ...approve, decision: 'reject', reason: '  ' })).rejects.toMatchObject({
      code: 'reason-missing',
    });
    expect(await record({ ...request, ...approve, decision: 'reject', reason: 'no photo ID seen' })).toBe('rejected');
    expect(await getRequest(db, request.requestId)).toMatchObject({
      state: 'rejected',
      reason: 'no photo ID seen',
      card: { state: 'rejected' },
    });
  });

  it.each(['operator', 'Operator', 'holder'])('is not for %s', async (user) => {
    const request = await waiting(holder);
    await expect(record({ ...request, ...approve, proof: proofOf(user) })).rejects.toMatchObject({
      code: 'self-approval',
    });
    expect((await getRequest(db, request.requestId)).state).toBe('requested');
  });

  it.each([
    ['requester', { approver: 'OPERATOR' }, 'decision_not_by_requester'],
    ['holder', { approver: 'holder' }, 'decision_not_by_holder'],
    ['nobody', { approver: null }, 'decision_has_proof'],
    ['a rejection without a reason', { decision: 'reject', reason: ' ' }, 'decision_reject_has_reason'],
  ])('is refused by the database itself: %s', async (_who, wrong, constraint) => {
    const { requestId } = await waiting(holder);
    const row = decisionRow(requestId, { holder_account: 'holder' });
    await expect(db('decision').insert({ ...row, ...wrong })).rejects.toMatchObject({ constraint });
    await expect(db('decision').insert(row)).resolves.toBeDefined();
    await expect(db('decision').update({ decision: 'reject' })).rejects.toThrow('append-only');
  });

  describe('by two people', () => {
    /** After an approval of `user` in the first task, of what is to be seen now. */
    const shared = async (user: string, requestId: string) => ({
      task: 'second',
      earlier: [{ ...proofOf(user), task: 'first', seenContent: await seenContent(db, requestId) }],
    });

    it('keeps the proof of each', async () => {
      const request = await waiting(holder);
      const second = { ...approve, proof: { ...proofOf('approver2'), completedAt: new Date(Date.now() + 1_000) } };
      expect(await record({ ...request, ...second, shared: await shared('approver', request.requestId) })).toBe(
        'approved',
      );
      const { decision } = await getRequest(db, request.requestId);
      expect(decision).toMatchObject({
        approver: 'approver2',
        approvals: [{ approver: 'approver' }, { approver: 'approver2' }],
      });
      const audit = await db('audit')
        .where({ action: 'request-approved', object_type: 'card-request' })
        .first('details');
      expect(audit.details.approvals).toEqual(
        ['approver', 'approver2'].map((approver) => ({ approver, operationId: 'operation' })),
      );
    });

    it.each([
      ['the same person', 'Approver', 'approved-already'],
      ['the requester first', 'Operator', 'self-approval'],
      ['the card holder first', 'holder', 'self-approval'],
    ])('is refused for %s', async (_who, user, code) => {
      const request = await waiting(holder);
      await expect(
        record({ ...request, ...approve, shared: await shared(user, request.requestId) }),
      ).rejects.toMatchObject({ code });
      expect(await db('decision')).toEqual([]);
    });

    it('is refused where the first saw another card than the second', async () => {
      const request = await waiting(holder);
      const before = await shared('approver2', request.requestId);
      await db('holder').where({ id: holder }).update({ department: 'Another one' });
      await expect(record({ ...request, ...approve, shared: before })).rejects.toMatchObject({
        code: 'request-outdated',
      });
    });

    it.each([
      ['the same person twice', { approver: 'APPROVER' }, 'decision_approval_by_different_people'],
      ['the requester', { approver: 'OPERATOR' }, 'decision_approval_counts'],
      ['the card holder', { approver: 'Holder' }, 'decision_approval_counts'],
      ['a task twice', { task: 'first', approver: 'approver3' }, 'decision_approval_pkey'],
    ])('is refused by the database itself: %s', async (_what, wrong, constraint) => {
      const request = await waiting(holder);
      await record({ ...request, ...approve });
      const row = approvalRow(request.requestId);
      await db('decision_approval').insert(row);
      await expect(db('decision_approval').insert({ ...row, task: 'second', ...wrong })).rejects.toMatchObject({
        constraint,
      });
      await expect(
        db('decision_approval').insert({ ...row, task: 'second', approver: 'approver2' }),
      ).resolves.toBeDefined();
      await expect(db('decision_approval').update({ approver: 'x' })).rejects.toThrow('append-only');
      await expect(db('decision_approval').delete()).rejects.toThrow('append-only');
    });

    it('is refused by the database itself: an approval of a rejected request', async () => {
      const request = await waiting(holder);
      await record({ ...request, ...approve, decision: 'reject', reason: 'no' });
      const row = approvalRow(request.requestId, { approver: 'approver2' });
      await expect(db('decision_approval').insert(row)).rejects.toMatchObject({
        constraint: 'decision_approval_counts',
      });
    });
  });

  it('is refused from another process', async () => {
    const request = await waiting(holder);
    await expect(record({ ...request, processInstanceId: randomUUID(), ...approve })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('rejects for time only after the limit', async () => {
    await db.transaction((trx) => setOption(trx, 'admin', 'approval-time-limit', 'PT1H'));
    const request = await waiting(holder);
    const [command] = await db('engine_command')
      .where({ request_id: request.requestId })
      .select('kind', 'payload', 'due_at');
    expect(command).toMatchObject({ kind: 'correlate', payload: { message: 'approval-time-limit-reached' } });
    await expect(record({ ...request, cause: 'time-limit' })).rejects.toMatchObject({ code: 'not-requested' });
    await db('card_request')
      .where({ id: request.requestId })
      .update({ decide_before: new Date(Date.now() - 1_000) });
    expect(await record({ ...request, cause: 'time-limit' })).toBe('rejected');
    expect(await getRequest(db, request.requestId)).toMatchObject({
      reason: 'not decided in time',
      decision: { cause: 'time-limit', approver: null },
    });
  });

  it('takes back the time limit of a decided request', async () => {
    await db.transaction((trx) => setOption(trx, 'admin', 'approval-time-limit', 'P1D'));
    const request = await waiting(holder);
    await record({ ...request, ...approve });
    expect(await db('engine_command').pluck('state')).toEqual(['obsolete']);
  });
});

describe('a switch while a request waits for its holder', () => {
  it.each([
    ['is registered', (holder: string) => register({ holder })],
    ['is reserved', (holder: string) => reserve({ holder })],
  ])('is over only after the request %s the old way', async (_what, request) => {
    await choose(db, 'with-approval');
    const holder = await addHolder(db, 'E-1');
    const importing = await db.transaction();
    await importing('holder').where({ id: holder }).forUpdate();
    const requesting = request(holder);
    await eventually('the request waits for its holder', 60_000, async () => (await lockWaits(db)) === 1);
    let over = false;
    const switching = choose(db, 'without-approval').then(async () => {
      over = true;
      return db('card_request').pluck<string[]>('definition_id');
    });
    await eventually('the switch waits too, or is over', 60_000, async () => over || (await lockWaits(db)) === 2);
    await importing.commit();
    await requesting;
    expect(await switching).toEqual([variants.withApproval.definitionId]);
  });
});

describe('aborting', () => {
  let request: { requestId: string; processInstanceId: string };

  beforeEach(async () => {
    await choose(db, 'with-approval');
    request = await waiting(await addHolder(db, 'E-1'));
  });

  const abort = (actor: string) =>
    db.transaction((trx) => abortRequest(trx, actor, request.requestId, ' changed my mind '));

  it('is for the requester, and notifies the process', async () => {
    await expect(abort('operator2')).rejects.toMatchObject({ code: 'not-own-request' });
    await abort('operator');
    await abort('operator');
    expect(await getRequest(db, request.requestId)).toMatchObject({
      state: 'aborted',
      reason: 'changed my mind',
      card: { state: 'aborted' },
    });
    const commands = await db('engine_command').pluck('payload');
    expect(commands).toMatchObject([
      { kind: 'correlate', message: 'card-request-aborted', processInstanceId: request.processInstanceId },
    ]);
  });

  it('is not for a decided request, and a decision does not undo it', async () => {
    await abort('operator');
    expect(await record({ ...request, ...approve })).toBe('aborted');
    const other = await waiting(await addHolder(db, 'E-2'));
    await record({ ...other, ...approve });
    await expect(db.transaction((trx) => abortRequest(trx, 'operator', other.requestId, null))).rejects.toMatchObject({
      code: 'not-requested',
    });
  });

  it('and deciding at once: one of them wins, and card and request agree', async () => {
    await Promise.allSettled([abort('operator'), record({ ...request, ...approve })]);
    const { state, card } = await getRequest(db, request.requestId);
    expect(['aborted', 'approved']).toContain(state);
    expect(card?.state).toBe(state);
  });
});

describe('aborting before the request is registered', () => {
  const abort = (id: string, actor: string, isAdmin = false) =>
    db.transaction((trx) => abortRequest(trx, actor, id, 'hangs', isAdmin));

  beforeEach(async () => {
    await choose(db, 'with-approval');
    await addHolder(db, 'E-1');
  });

  it.each([
    ['its requester', 'operator', false],
    ['an administrator', 'admin', true],
  ])(
    'is for %s: it ends without a card, its instance is ended, and the holder is free again',
    async (_, actor, isAdmin) => {
      const { id } = await reserve({ holder: 'E-1' });
      await expect(abort(id, 'operator2')).rejects.toMatchObject({ code: 'not-own-request' });
      await abort(id, actor, isAdmin);
      await abort(id, 'operator');
      expect(await getRequest(db, id)).toMatchObject({ state: 'aborted', reason: 'hangs', card: null });
      expect(await db('engine_command').where({ kind: 'end' }).pluck('payload')).toMatchObject([{ businessKey: id }]);
      expect(await db('audit').where({ object_id: id, action: 'request-aborted' })).toMatchObject([
        { actor, from_state: 'registered', to_state: 'aborted' },
      ]);
      await reserve({ holder: 'E-1' });
    },
  );

  it('is found out by an instance that comes to register it later', async () => {
    const { id } = await reserve({ holder: 'E-1' });
    await abort(id, 'operator');
    await expect(register({ holder: 'E-1', requestId: id })).rejects.toMatchObject({ code: 'not-requested' });
    expect(await db('card')).toEqual([]);
  });

  it('of others ends for administrators with the registration', async () => {
    const { requestId } = await waiting((await db('holder').first('id')).id);
    await expect(abort(requestId, 'admin', true)).rejects.toMatchObject({ code: 'not-own-request' });
  });
});

describe('an approval time limit that no time can be counted from', () => {
  const limits = [
    'P99999999999D',
    'PT99999999999H',
    'P999999999999999999999W',
    'P0D',
    'PT0S',
    'P3651D',
    'PT0.5S',
    'P1M',
  ];

  it.each(limits)('%s is refused when it is set', async (limit) => {
    await expect(db.transaction((trx) => setOption(trx, 'admin', 'approval-time-limit', limit))).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringContaining('from PT1S to P3650D'),
    });
  });

  it.each(['PT1S', 'P3650D', 'P521W', 'P1DT12H'])('%s is taken, and a request is registered with it', async (limit) => {
    await choose(db, 'with-approval');
    await db.transaction((trx) => setOption(trx, 'admin', 'approval-time-limit', limit));
    const { requestId } = await waiting(await addHolder(db, 'E-1'));
    expect((await getRequest(db, requestId)).decideBefore).not.toBeNull();
  });

  it('and was set before that is named when a card is requested, and nothing hangs', async () => {
    await choose(db, 'with-approval');
    const holder = await addHolder(db, 'E-1');
    await db('product_option').insert({ name: 'approval-time-limit', value: '"P0D"', changed_by: 'admin' });
    const refusal = { code: 'option-invalid', message: expect.stringContaining('approval-time-limit is P0D') };
    await expect(reserve({ holder: 'E-1' })).rejects.toMatchObject(refusal);
    await expect(register({ holder })).rejects.toMatchObject(refusal);
    expect(await db('card_request')).toEqual([]);
  });

  it('in a request of before is an error of data, named without its value', async () => {
    await choose(db, 'with-approval');
    await addHolder(db, 'E-1');
    const { id } = await reserve({ holder: 'E-1' });
    await db('card_request').where({ id }).update({ decide_within: 'P99999999999D' });
    const raw: unknown = await register({ holder: 'E-1', requestId: id }).catch((error: unknown) => error);
    expect(dataErrorOf(raw)).toMatch(/^The database cannot take a value: a .*(out of range|wrong form) \(22\w{3}\)\.$/);
    expect(dataErrorOf(new Error('no error of a database'))).toBeNull();
  });
});

describe('sweeping', () => {
  /** An engine in which these instances run; all others were cancelled. */
  const engineWith = (running: readonly string[]) =>
    ({
      call: ({ body }: { body: { processInstanceIds: string[] } }) =>
        Promise.resolve(
          running
            .filter((id) => body.processInstanceIds.includes(id))
            .map((id) => ({ id, businessKey: null, state: 'ACTIVE' })),
        ),
    }) as unknown as EngineClient;
  const log = pino({ level: 'silent' });

  it('starts again what lost its instance, and leaves the others', async () => {
    await choose(db, 'with-approval');
    const numbers = ['E-1', 'E-2', 'E-3', 'E-4', 'E-5'];
    const requests = await Promise.all(numbers.map(async (number) => waiting(await addHolder(db, number))));
    await db('card_request').update({ registered_at: new Date(Date.now() - 120_000) });
    const last =
      requests
        .map(({ requestId }) => requestId)
        .sort()
        .at(-1) ?? '';
    const others = requests.filter(({ requestId }) => requestId !== last);
    const engine = engineWith(others.map(({ processInstanceId }) => processInstanceId));
    expect(await sweepRequests(db, { engine, user: 'card-server', log })).toEqual([last]);
    expect(await sweepRequests(db, { engine, user: 'card-server', log })).toEqual([]);
    expect(await db('engine_command').where({ kind: 'start' }).pluck('request_id')).toEqual([last]);
  });

  it('reports once a diagram that ended without a decision', async () => {
    await choose(db, 'with-approval');
    const { requestId } = await waiting(await addHolder(db, 'E-1'));
    await db('card_request').update({ registered_at: new Date(Date.now() - 120_000) });
    const engine = {
      call: ({ body }: { body: { processInstanceIds: string[] } }) =>
        Promise.resolve(body.processInstanceIds.map((id) => ({ id, businessKey: null, state: 'COMPLETED' }))),
    } as unknown as EngineClient;
    const lines: string[] = [];
    const noted = pino({}, { write: (line) => void lines.push(line) });
    for (let sweep = 0; sweep < 3; sweep += 1)
      expect(await sweepRequests(db, { engine, user: 'card-server', log: noted })).toEqual([]);
    expect(lines).toEqual([expect.stringContaining(requestId)]);
  });

  it('leaves alone a request that ended while it looked', async () => {
    await choose(db, 'with-approval');
    const { requestId, processInstanceId } = await waiting(await addHolder(db, 'E-1'));
    await db('card_request').update({ registered_at: new Date(Date.now() - 120_000) });
    const engine = engineWith([]);
    const abortFirst = {
      call: async (call: Parameters<typeof engine.call>[0]) => {
        if (call.path === '/history/process-instance')
          await db.transaction((trx) => abortRequest(trx, 'operator', requestId, null));
        return engine.call(call);
      },
    } as unknown as EngineClient;
    expect(await sweepRequests(db, { engine: abortFirst, user: 'card-server', log })).toEqual([]);
    expect((await getRequest(db, requestId)).processInstanceId).toBe(processInstanceId);
  });
});
