import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDefinitions } from '../../src/process/diagram.js';
import { differences } from '../../src/process/reading/compare-readings.js';
import { judgedReading } from '../../src/process/reading/judged-reading.js';
import { SIGNATURE_HEADER, signRequest, type SigningKey } from '../../src/engine/signing.js';
import { callEngine, lentEngine, type EngineConnection } from '../support/engine.js';

let connection: EngineConnection;
beforeAll(async () => {
  connection = await lentEngine();
}, 180_000);

const path = '/engine-rest/diagram-reading';

async function read(content: string | Buffer, user = 'card-server', key: SigningKey = connection.door) {
  const response = await fetch(new URL(path, connection.engineUrl), {
    method: 'POST',
    headers: {
      [SIGNATURE_HEADER]: signRequest(key, { user, method: 'POST', target: path }),
      'content-type': 'application/octet-stream',
    },
    body: content,
  });
  return { status: response.status, body: (await response.json()) as any };
}

const shipped = (await readdir('bpmn')).filter((name) => name.endsWith('.bpmn'));

test.each(shipped)('%s is read by the engine as by the rules, and nothing of it is kept', async (name) => {
  const xml = await readFile(join('bpmn', name), 'utf8');
  const { status, body } = await read(xml);
  expect(status).toBe(200);
  expect(differences(judgedReading(await parseDefinitions(xml)), body.processes)).toEqual([]);
  const key = name.replace('.bpmn', '');
  expect((await callEngine(connection, 'GET', `/process-definition/count?key=${key}`)).body).toEqual({ count: 0 });
});

test('a reading says of each element what runs, and where it stands', async () => {
  const { body } = await read(await readFile('bpmn/request-card.bpmn'));
  expect(body.processes).toHaveLength(1);
  expect(body.processes[0]).toMatchObject({
    'request-card': { kind: ['process'], historyTimeToLive: ['30'], initial: ['card-wanted'] },
    'find-holder': { behaviour: ['ExternalTaskActivityBehavior'], topic: ['find-holder'], position: ['13:116'] },
    'choose-card': { behaviour: ['UserTaskActivityBehavior'], assignee: ['${starter}'], formRef: ['choose-card'] },
    'next-step': { flows: ['to-variant', 'to-search-again', 'to-cancelled'], default: ['to-cancelled'] },
    'to-variant': { condition: ["${action == 'next'}"] },
    'run-variant': { calls: ['${variantKey}'], binding: ['version'], in: expect.arrayContaining(['holder = holder']) },
    'variant-changed': { kind: ['boundaryError'], catchesError: ['code variant-changed'] },
  });
});

describe('refusals say what and where', () => {
  test.each([
    ['no XML', 'Approve the request.', 400, /cannot read the diagram/],
    ['nothing', '', 400, /cannot read the diagram/],
    ['a DOCTYPE', '<!DOCTYPE x><definitions/>', 400, /cannot read the diagram/],
    ['more than a megabyte', 'x'.repeat(1_000_001), 413, /larger than 1000000 bytes/],
    [
      'what the schema does not know',
      '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"><robot /></definitions>',
      400,
      /robot.*line 1/s,
    ],
    [
      '20,000 levels',
      `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">${'<subProcess>'.repeat(20_000)}${'</subProcess>'.repeat(20_000)}</definitions>`,
      400,
      /./,
    ],
  ])('%s', async (_what, content, status, message) => {
    const answer = await read(content);
    expect(answer.status).toBe(status);
    expect(answer.body.message).toMatch(message);
  });
});

test('only the server may ask', async () => {
  expect((await read('', 'admin')).status).toBe(403);
  expect((await read('', 'card-worker', connection.worker)).status).toBe(403);
});
