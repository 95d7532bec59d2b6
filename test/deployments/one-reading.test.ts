import { readFile } from 'node:fs/promises';
import { pino } from 'pino';
import { DeployedFiles } from '../../src/engine/deployed-files.js';
import type { EngineCall } from '../../src/engine/client.js';
import { DeploymentService } from '../../src/variants/deployments/deployment-service.js';
import { differences } from '../../src/process/reading/compare-readings.js';
import { startEngine, type TestEngine } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
import { startProduct, type Product } from '../support/product.js';
import { newVersionOf, shipped, variantFrom } from './variants.js';

/** Its own, for it dies. */
let engine: TestEngine;
let product: Product;
beforeAll(async () => {
  engine = await startEngine();
  product = await startProduct({ engine });
}, 180_000);
afterAll(async () => {
  await product?.stop();
  await engine?.stop();
});

const system = 'card-server';
const camunda = 'http://camunda.org/schema/1.0/bpmn';
const definitionCount = async () =>
  (await product.engine.call<{ count: number }>({ user: system, path: '/process-definition/count' })).count;
const deploy = (files: readonly object[], account = 'designer') =>
  product.call(account, 'POST', '/deployments', { files });

/** Deploys past the gate, as someone with the door's secret could. */
async function sneakIn(files: readonly { name: string; content: string }[], source = 'elsewhere'): Promise<void> {
  const body = new FormData();
  body.set('deployment-name', 'sneaked in');
  body.set('deployment-source', source);
  for (const { name, content } of files) body.set(name, new File([content], name));
  await product.engine.raw({ user: system, method: 'POST', path: '/deployment/create', body });
}

const second =
  (attributes: string, element = 'bpmn:process') =>
  (xml: string) =>
    xml.replace(
      '</bpmn:process>',
      `</bpmn:process><${element} id="request-card" camunda:historyTimeToLive="P1D" ${attributes}><bpmn:startEvent id="sneaked-start" /></${element.split(' ')[0]}>`,
    );
const inFirstTask = (extension: string) => (xml: string) =>
  xml.replace(/(<bpmn:userTask[^>]*>\s*<bpmn:extensionElements>)/, `$1${extension}`);

describe('known attacks of a designer are refused, and nothing is deployed', () => {
  test.each([
    ['a second process that is executable with blanks around it', second('isExecutable=" true "'), 'one-process'],
    ['a second process that is executable by a number', second('isExecutable="1"'), 'one-process'],
    ['a second process that says nothing about it', second(''), 'one-process'],
    [
      'a second process under a prefix of its own',
      second('isExecutable="true"', 'q:process xmlns:q="http://www.omg.org/spec/BPMN/20100524/MODEL"'),
      'one-process',
    ],
    [
      'its only process, executable with blanks',
      (xml: string) => xml.replace('isExecutable="true"', 'isExecutable=" true "'),
      'one-process',
    ],
    [
      'a listener that brings its prefix',
      inFirstTask(`<q:taskListener xmlns:q="${camunda}" event="create" expression="\${starter}" />`),
      'no-code|allowed-xml',
    ],
    [
      'a listener that brings its namespace by default',
      inFirstTask(`<taskListener xmlns="${camunda}" event="create" expression="\${starter}" />`),
      'no-code|allowed-xml',
    ],
    [
      'a listener under the name of an ancestor',
      inFirstTask('<q:taskListener xmlns:q="http://activiti.org/bpmn" event="create" class="x.Y" />'),
      'engine-namespaces|allowed-xml',
    ],
    [
      'a retry cycle under the name of another ancestor',
      inFirstTask(
        '<q:failedJobRetryTimeCycle xmlns:q="http://www.camunda.com/fox">R999999/PT0S</q:failedJobRetryTimeCycle>',
      ),
      'allowed-xml',
    ],
    [
      'attempts without end',
      inFirstTask('<camunda:failedJobRetryTimeCycle>R999999/PT0S</camunda:failedJobRetryTimeCycle>'),
      'allowed-xml',
    ],
    ['an extension that nobody knows', inFirstTask('<y xmlns="urn:x" />'), 'allowed-xml'],
    [
      'a schema of another address',
      (xml: string) =>
        xml.replace(
          'id="request-card',
          'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x http://127.0.0.1:1/x.xsd" id="request-card',
        ),
      'allowed-xml|readable-file',
    ],
    [
      'an async flag in another spelling',
      (xml: string) => xml.replace('<bpmn:userTask ', '<bpmn:userTask camunda:asyncBefore="TRUE" '),
      'allowed-xml',
    ],
    [
      'a text that is nobody’s',
      (xml: string) => xml.replace('<bpmn:startEvent', 'x<bpmn:startEvent'),
      'readable-file|allowed-xml',
    ],
    [
      'steps in any order, which the engine leaves out',
      (xml: string) =>
        xml.replace(
          '</bpmn:process>',
          '<bpmn:adHocSubProcess id="any-order"><bpmn:task id="inner" /></bpmn:adHocSubProcess></bpmn:process>',
        ),
      '.',
    ],
  ] as const)('%s', async (_what, change, rules) => {
    const before = await definitionCount();
    const { status, body } = await deploy([await variantFrom('with-approval', 'attacked', change)]);
    expect({ status, code: body.code }).toEqual({ status: 422, code: 'models-refused' });
    expect(body.findings.length).toBeGreaterThan(0);
    expect(body.findings.map(({ rule }: { rule: string }) => rule).join(' ')).toMatch(new RegExp(rules));
    expect(await definitionCount()).toBe(before);
  });
});

test('what the engine refuses is a finding with its element', async () => {
  const mapping =
    '<bpmn:extensionElements><camunda:inputOutput><camunda:inputParameter name="x">1</camunda:inputParameter></camunda:inputOutput></bpmn:extensionElements>';
  const change = (xml: string) => xml.replace(/<bpmn:startEvent[^>]*>/, (all) => all + mapping);
  const { body } = await deploy([await variantFrom('with-approval', 'refused', change)]);
  expect(body.findings).toEqual([
    expect.objectContaining({
      rule: 'one-reading',
      file: 'request-card-refused.bpmn',
      message: expect.stringMatching(/^The process engine cannot run it: camunda:inputOutput mapping unsupported/),
    }),
  ]);
});

test('readings that differ anywhere are told by element and fact', () => {
  const one = { p: { kind: ['process'], name: ['P'] }, a: { flows: ['x', 'y'] }, b: {} };
  const other = { p: { kind: ['process'], name: ['Q'], position: ['1:1'] }, a: { flows: ['y', 'x'] }, c: {} };
  expect(differences([one], [one])).toEqual([]);
  expect(differences([one], [other]).map(({ element, message }) => `${element}: ${message}`)).toEqual([
    expect.stringContaining('p: The process engine reads "name" as "Q", the rules as "P"'),
    expect.stringContaining('a: The process engine reads "flows" as "y","x", the rules as "x","y"'),
    expect.stringContaining('b: The process engine would not run'),
    expect.stringContaining('c: The process engine would run an element here that the rules do not see'),
  ]);
  expect(differences([one], [])).toEqual([
    expect.objectContaining({ message: expect.stringContaining('the rules see 1, the process engine would run 0') }),
  ]);
});

test('a deployment that is not what was judged is taken back, told and on record', async () => {
  const before = await definitionCount();
  // An engine that gets something else than it is sent: nothing of ours can do that.
  const meddled = Object.create(product.engine, {
    raw: {
      value: async (call: EngineCall) => {
        if (call.path === '/deployment/create' && call.body instanceof FormData) {
          call.body.set(
            'sneak.bpmn',
            new File(
              [
                second('isExecutable="true"')(await shipped('request-card-without-approval.bpmn')).replaceAll(
                  'request-card-without-approval',
                  'sneak',
                ),
              ],
              'sneak.bpmn',
            ),
          );
        }
        return product.engine.raw(call);
      },
    },
  }) as typeof product.engine;
  const log = pino({ level: 'silent' });
  const service = new DeploymentService({
    db: product.db,
    engine: meddled,
    system,
    files: new DeployedFiles(meddled, system),
    log,
  });
  const { name, content } = await variantFrom('with-approval', 'meddled');
  const author = { id: 'designer', roles: new Set(['designer']) } as never;
  await expect(
    service.deploy(author, {
      files: [{ name, content: String(content) }],
      origin: 'api',
      onlyChanged: true,
      dryRun: false,
    }),
  ).rejects.toMatchObject({
    message: expect.stringContaining('deployed a process that was not judged'),
  });
  expect(await definitionCount()).toBe(before);
  expect(await product.db('audit').where({ action: 'deployment-taken-back' })).toMatchObject([
    { actor: 'designer', object_id: 'request-card-meddled' },
  ]);
  expect(await product.db('process_version').where({ process_key: 'request-card-meddled' })).toEqual([]);
});

describe('definitions that never passed the gate', () => {
  const foreign = async () =>
    (await product.call('admin', 'GET', '/foreign-definitions')).body.items as {
      definitionId: string;
      kind: string;
      key: string;
    }[];
  const idOf = async (key: string) => (await foreign()).find((each) => each.key === key)?.definitionId ?? '';
  const health = async () =>
    (await (await fetch(`${product.url}/healthz`)).json()) as {
      status: string;
      parts?: { definitions?: { status: string; detail?: string } };
    };

  test('are found within a minute, named in health and audit, and removed', async () => {
    expect(await foreign()).toEqual([]);
    await sneakIn(
      [
        {
          name: 'x.bpmn',
          content: second('isExecutable="true"')(
            (await shipped('request-card-without-approval.bpmn')).replaceAll('request-card-without-approval', 'sneak'),
          ),
        },
      ],
      'open-card-requests/api/designer',
    );
    await eventually('health names them', 60_000, async () => (await health()).parts?.definitions?.status === 'down');
    const { status, parts } = await health();
    expect(status).toBe('up');
    expect(parts?.definitions?.detail).toMatch(/sneak version 1/);
    expect(parts?.definitions?.detail).toMatch(/request-card version 2/);
    const rows = await product.db('audit').where({ action: 'foreign-definition-found' });
    expect(rows.map((row: { process_key: string }) => row.process_key).sort()).toEqual(['request-card', 'sneak']);

    expect((await product.call('designer', 'GET', '/foreign-definitions')).status).toBe(403);
    expect(
      (await product.call('admin', 'POST', `/foreign-definitions/${await idOf('request-card')}/adopt`)).body.code,
    ).toBe('models-refused');
    for (const key of ['request-card', 'sneak'])
      expect((await product.call('admin', 'DELETE', `/foreign-definitions/${await idOf(key)}`)).status).toBe(204);
    expect(await foreign()).toEqual([]);
    expect((await health()).parts?.definitions?.status).toBe('up');
    const newest = await product.engine.call<{ version: number }[]>({
      user: system,
      path: '/process-definition',
      query: { key: 'request-card', latestVersion: true },
    });
    expect(newest).toMatchObject([{ version: 1 }]);
    expect(await product.db('audit').where({ action: 'foreign-definition-removed' })).toHaveLength(2);
  }, 120_000);

  test('decision tables are found, named and removed too', async () => {
    const content = await readFile(new URL('../fixtures/approval-needed.dmn', import.meta.url), 'utf8');
    await sneakIn([{ name: 'approval-needed.dmn', content }]);
    const [found] = await foreign();
    expect(found).toMatchObject({ kind: 'decision', key: 'approval-needed' });
    await eventually('health names it', 60_000, async () =>
      (await health()).parts?.definitions?.detail?.includes('approval-needed version 1'),
    );
    const path = `/foreign-definitions/${found?.definitionId}`;
    expect((await product.call('admin', 'POST', `${path}/adopt`)).body.code).toBe('models-refused');
    expect((await product.call('admin', 'DELETE', path)).status).toBe(204);
    expect(await foreign()).toEqual([]);
  }, 120_000);

  test('are adopted where the gate would have taken them', async () => {
    const { name, content } = await variantFrom('without-approval', 'adopted');
    await sneakIn([{ name, content: String(content) }]);
    const id = await idOf('request-card-adopted');
    expect(await product.call('admin', 'POST', `/foreign-definitions/${id}/adopt`)).toMatchObject({ status: 204 });
    expect(await foreign()).toEqual([]);
    expect(await product.db('process_version').where({ process_key: 'request-card-adopted' })).toMatchObject([
      { deployed_by: 'admin', version: 1 },
    ]);
    expect((await product.call('admin', 'POST', `/foreign-definitions/${id}/adopt`)).status).toBe(404);
  });
});

test('without the engine nothing is taken, in a sentence', async () => {
  await engine.stopProcess('SIGKILL');
  const answer = await deploy([await newVersionOf('request-card-with-approval', 'Anew.')]);
  expect(answer).toMatchObject({
    status: 503,
    body: { code: 'engine-unavailable', detail: expect.stringMatching(/engine/) },
  });
  await engine.startProcess();
}, 120_000);
