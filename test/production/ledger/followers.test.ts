import { randomUUID } from 'node:crypto';
import type { Knex } from '../../../src/kernel/db/database.js';
import { technicalAccounts } from '../../../src/domain/roles.js';
import { EngineClient } from '../../../src/engine/client.js';
import type { CommandPayload } from '../../../src/engine/outbox/command-store.js';
import { EngineCarrier } from '../../../src/engine/outbox/engine-carrier.js';
import { orderKeyText } from '../../../src/production/backends/backend.js';
import { orderFromApproved } from '../../../src/production/production-service.js';
import { pino } from 'pino';
import { sweepProductions } from '../../../src/production/production-sweep.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { lentEngine } from '../../support/engine.js';
import { eventually } from '../../support/eventually.js';
import { issuing, task } from '../../fixtures/installation.js';
import { ordered } from '../../fixtures/productions.js';
import { approvedCard } from '../../fixtures/requests.js';

/** Processes on a real engine that follow production orders; names of this file's own, because tests share the engine. */
const name = `follow-${randomUUID().slice(0, 8)}`;
const [startMessage, endMessage] = [`${name}-ordered`, `${name}-ended`];
const user = technicalAccounts.server;

const diagram = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions id="d" targetNamespace="test" xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
  <bpmn:message id="m1" name="${startMessage}" /><bpmn:message id="m2" name="${endMessage}" />
  <bpmn:process id="${name}-entry" isExecutable="true" camunda:historyTimeToLive="P1D">
    <bpmn:startEvent id="start"><bpmn:messageEventDefinition id="e1" messageRef="m1" /></bpmn:startEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="call" />
    <bpmn:callActivity id="call" calledElement="${name}-variant"><bpmn:extensionElements>
      <camunda:in businessKey="#{execution.processBusinessKey}" /><camunda:out variables="all" /></bpmn:extensionElements></bpmn:callActivity>
    <bpmn:sequenceFlow id="f2" sourceRef="call" targetRef="end" /><bpmn:endEvent id="end" />
  </bpmn:process>
  <bpmn:process id="${name}-variant" isExecutable="true" camunda:historyTimeToLive="P1D">
    <bpmn:startEvent id="begin" /><bpmn:sequenceFlow id="g1" sourceRef="begin" targetRef="wait" />
    <bpmn:receiveTask id="wait" messageRef="m2" /><bpmn:sequenceFlow id="g2" sourceRef="wait" targetRef="done" /><bpmn:endEvent id="done" />
  </bpmn:process>
</bpmn:definitions>`;

let database: TestDatabase;
let db: Knex;
let engine: EngineClient;
let carrier: EngineCarrier;

beforeAll(async () => {
  const connection = await lentEngine();
  engine = new EngineClient(new URL(connection.engineUrl).origin, connection.door);
  carrier = new EngineCarrier(engine, user);
  const form = new FormData();
  form.set('deployment-name', name);
  form.set('diagram.bpmn', new Blob([diagram]), 'diagram.bpmn');
  await engine.call({ user, method: 'POST', path: '/deployment/create', body: form });
  database = await createTestDatabase();
  db = database.knex;
}, 180_000);
afterAll(async () => {
  await engine.close();
  await database.drop();
});
beforeEach(async () => {
  await database.clear();
  await issuing(db);
});

const start = (businessKey: string): CommandPayload => ({
  kind: 'start',
  message: startMessage,
  businessKey,
  user,
  variables: {},
});
const end = (businessKey: string, more: object = {}): CommandPayload => ({
  kind: 'correlate',
  message: endMessage,
  businessKey,
  variables: {
    productionState: { value: 'produced', type: 'String' },
    productionReason: { value: null, type: 'String' },
  },
  ...more,
});
const running = (businessKey: string) =>
  engine.call<{ id: string }[]>({ user, method: 'POST', path: '/process-instance', body: { businessKey } });
const history = (processInstanceBusinessKey: string) =>
  engine.call<{ id: string; state: string; rootProcessInstanceId: string }[]>({
    user,
    path: '/history/process-instance',
    query: { processInstanceBusinessKey },
  });

test('a message finds the called instance by the business key, waits for one on its way, and brings variables', async () => {
  const key = randomUUID();
  expect(await carrier.execute(end(key), 1)).toMatchObject({ state: 'retry' });
  expect(await carrier.execute(start(key), 1)).toEqual({ state: 'done' });
  expect(await running(key)).toHaveLength(2);
  expect(await carrier.execute(end(key), 2)).toEqual({ state: 'done' });
  expect(await running(key)).toEqual([]);
  const [{ id } = { id: '' }] = (await history(key)).filter((each) => each.id === each.rootProcessInstanceId);
  const variables = await engine.call<{ name: string; value: unknown }[]>({
    user,
    path: '/history/variable-instance',
    query: { processInstanceId: id, variableName: 'productionState' },
  });
  expect(variables).toMatchObject([{ value: 'produced' }]);
  expect(await carrier.execute(end(key), 3)).toEqual({ state: 'obsolete' });
  expect(await carrier.execute(end(randomUUID()), 40)).toEqual({ state: 'obsolete' });
});

test('a start whose answer was lost is not made twice; one that was made twice ends but for the first', async () => {
  const key = randomUUID();
  await carrier.execute(start(key), 1);
  expect(await carrier.execute(start(key), 2)).toEqual({ state: 'done' });
  const first = await running(key);
  expect(first).toHaveLength(2);
  await carrier.execute(start(key), 1);
  expect(await running(key)).toHaveLength(4);
  expect(await carrier.execute(end(key), 1)).toMatchObject({ state: 'retry' });
  await eventually('the first instance is left', 30_000, async () => (await running(key)).length === 2);
  expect((await running(key)).map(({ id }) => id).sort()).toEqual(first.map(({ id }) => id).sort());
  expect(await carrier.execute(end(key), 2)).toEqual({ state: 'done' });
  expect(await running(key)).toEqual([]);
});

test('an instance that was cancelled can be started again', async () => {
  const key = randomUUID();
  await carrier.execute(start(key), 1);
  await carrier.execute({ kind: 'end', businessKey: key, reason: 'cancelled' }, 1);
  expect(await carrier.execute(start(key), 2)).toEqual({ state: 'done' });
  expect(await running(key)).toHaveLength(2);
});

test('an instance that does not wait for its message is ended where the command says so, and by its key', async () => {
  for (const command of [
    (key: string) => end(key, { message: `${name}-unheard`, elseEnd: 'the card was cancelled' }),
    (key: string): CommandPayload => ({ kind: 'end', businessKey: key, reason: 'elsewhere' }),
  ]) {
    const key = randomUUID();
    await carrier.execute(start(key), 1);
    if (command(key).kind === 'correlate')
      expect(await carrier.execute(command(key), 1)).toMatchObject({ state: 'retry' });
    expect(await carrier.execute(command(key), 6)).toEqual({ state: 'done' });
    await eventually('both instances are gone', 30_000, async () => (await running(key)).length === 0);
    expect(await carrier.execute(command(key), 7)).toEqual({ state: 'obsolete' });
  }
});

test('a live order whose instance is gone gets another one; one that is followed, or not wanted to be, does not', async () => {
  const [followed, never, finished] = [await ordered(db), await ordered(db), await ordered(db)];
  await db('engine_command').update({ state: 'done', ended_at: db.fn.now() });
  for (const order of [followed, finished]) await carrier.execute(start(orderKeyText(order)), 1);
  await carrier.execute(end(orderKeyText(finished)), 1);
  const gone = randomUUID();
  await carrier.execute(start(gone), 1);
  const [variant] = (await history(gone)).filter((each) => each.id !== each.rootProcessInstanceId);
  const cancelled = await approvedCard(db);
  await db.transaction((trx) =>
    orderFromApproved(trx, { cardId: cancelled, orderedBy: 'producer', runningIn: task(variant?.id) }),
  );
  await engine.call({ user, method: 'DELETE', path: `/process-instance/${variant?.id ?? ''}` });

  const mended = await sweepProductions(db, { engine, user, log: pino({ level: 'silent' }) }, 0);
  expect(mended.map(orderKeyText).sort()).toEqual([orderKeyText(never), `${cancelled}-1`].sort());
  expect(await db('production_order').where({ card_id: cancelled }).first()).toMatchObject({
    process_instance_id: null,
  });
  const started = await db('engine_command').where({ state: 'pending', kind: 'start' }).orderBy('id');
  expect(started.map((command) => command.payload.businessKey).sort()).toEqual(
    [orderKeyText(never), `${cancelled}-1`].sort(),
  );
  expect(await sweepProductions(db, { engine, user, log: pino({ level: 'silent' }) }, 0)).toEqual([]);
});
