/** The engine reads dates and cycles of diagrams in the installation's zone, and keeps its times right when that changes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { callEngine, startEngine, type EngineOptions, type TestEngine } from '../support/engine.js';

const environment: Record<string, string> = { TIME_ZONE: 'America/St_Johns' };
const diagram = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="definitions" targetNamespace="test">
  <bpmn:process id="zones" name="Zones" isExecutable="true" camunda:historyTimeToLive="P1D">
    <bpmn:startEvent id="start" /><bpmn:sequenceFlow id="to-wait" sourceRef="start" targetRef="wait" />
    <bpmn:userTask id="wait" name="Wait" />
    <bpmn:boundaryEvent id="daily" attachedToRef="wait" cancelActivity="false"><bpmn:timerEventDefinition id="timer-daily">
      <bpmn:timeCycle xsi:type="bpmn:tFormalExpression">0 0 9 * * ?</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:boundaryEvent>
    <bpmn:sequenceFlow id="to-daily-end" sourceRef="daily" targetRef="daily-end" /><bpmn:endEvent id="daily-end" />
    <bpmn:boundaryEvent id="once" attachedToRef="wait"><bpmn:timerEventDefinition id="timer-once">
      <bpmn:timeDate xsi:type="bpmn:tFormalExpression">2031-05-24T09:00:00</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:boundaryEvent>
    <bpmn:sequenceFlow id="to-end" sourceRef="wait" targetRef="end" /><bpmn:sequenceFlow id="to-end-2" sourceRef="once" targetRef="end" />
    <bpmn:endEvent id="end" />
  </bpmn:process>
</bpmn:definitions>`;

let engine: TestEngine;

beforeAll(async () => {
  engine = await startEngine({ environment } satisfies EngineOptions);
}, 180_000);
afterAll(() => engine.stop());

const get = async (path: string): Promise<any> => (await callEngine(engine.connection, 'GET', path)).body;
const hourIn = (zone: string, at: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' }).format(new Date(at));

async function startInstance(): Promise<{ createdAt: number; due: string[] }> {
  const started = await callEngine(engine.connection, 'POST', '/process-definition/key/zones/start', {});
  const { id } = started.body as { id: string };
  const [task] = await get(`/task?processInstanceId=${id}`);
  const jobs: { dueDate: string }[] = await get(`/job?processInstanceId=${id}`);
  return { createdAt: Date.parse(task.created), due: jobs.map(({ dueDate }) => dueDate).sort() };
}

test('timers follow the zone, and stored times stay the same moments in another one', async () => {
  const upload = new FormData();
  upload.set('deployment-name', 'zones');
  upload.set('zones.bpmn', new Blob([diagram]), 'zones.bpmn');
  expect((await callEngine(engine.connection, 'POST', '/deployment/create', upload)).status).toBe(200);
  const before = Date.now();
  const first = await startInstance();
  expect(Math.abs(first.createdAt - before)).toBeLessThan(60_000);
  expect(first.due.map((at) => hourIn('America/St_Johns', at))).toEqual(['09:00', '09:00']);

  await engine.stopProcess();
  environment['TIME_ZONE'] = 'Pacific/Apia';
  await engine.startProcess();
  const [task] = await get('/task?processDefinitionKey=zones');
  expect(Date.parse(task.created)).toBe(first.createdAt);
  const jobs: { dueDate: string }[] = await get('/job?processDefinitionKey=zones');
  expect(jobs.map(({ dueDate }) => Date.parse(dueDate)).sort()).toEqual(first.due.map((at) => Date.parse(at)).sort());
  const second = await startInstance();
  expect(second.due.map((at) => hourIn('Pacific/Apia', at))).toEqual(['09:00', '09:00']);
}, 180_000);

test('a name that is no zone stops the start with one sentence', async () => {
  const jar = fileURLToPath(new URL('../../engine/target/engine-host.jar', import.meta.url));
  const java = spawn('java', ['-jar', jar], {
    env: { ...process.env, TIME_ZONE: 'Europe/Nowhere', DOOR_SECRET: 'x'.repeat(32), WORKER_SECRET: 'y'.repeat(32) },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [said, [code]] = await Promise.all([text(java.stdout), once(java, 'exit')]);
  expect(code).toBe(1);
  expect(said.split('\n').filter((line) => line.includes('ERROR'))).toEqual([
    expect.stringMatching(
      /TIME_ZONE is not the name of a time zone. Give an IANA name, for example Europe\/Berlin\. ?$/,
    ),
  ]);
}, 60_000);
