import { fileURLToPath } from 'node:url';
import { adoptDefinitions } from '../../src/variants/deployments/adopt-definitions.js';
import { deployShipped } from '../../src/variants/deployments/shipped.js';
import { DeployedFiles } from '../../src/engine/deployed-files.js';
import { deploymentSource, deployUnits, readUnits, unitOf, type DeploymentUnit } from '../../src/engine/deployment.js';
import { readDiagram } from '../../src/process/diagram.js';
import { eventually } from '../support/eventually.js';
import { enable, requestIn, startProduct, type Product } from '../support/product.js';
import { log } from '../support/test-server.js';
import { newVersionOf, shipped, variantFrom } from './variants.js';

let product: Product;
const system = 'card-server';
const bpmn = fileURLToPath(new URL('../../bpmn', import.meta.url));

beforeAll(async () => {
  product = await startProduct();
}, 180_000);
afterAll(() => product.stop());

const deploy = async (account: string, ...files: { name: string; content: string | Buffer }[]) => {
  const { status, body } = await product.call(account, 'POST', '/deployments', { files });
  if (status !== 200) throw new Error(`${status} ${body.detail}`);
  return body.processes[0];
};
const useCase = async () => (await product.call('admin', 'GET', '/use-cases/request-card')).body;
const change = (path: string, body: object, headers = {}) =>
  product.call('admin', 'POST', `/use-cases/request-card${path}`, body, headers);

/** Requests a card over the API and returns its story. */
async function requestCard(holder: string, cardType: string, ...states: string[]) {
  const { body, status } = await product.call('operator', 'POST', '/card-requests', { holder, cardType });
  if (status !== 202) throw new Error(`${status} ${body.detail}`);
  return requestIn(product, body.id, ...states);
}

describe('a new version of the variant in use', () => {
  let waiting: any;

  beforeAll(async () => {
    await enable(product, 'with-approval');
    waiting = await requestCard('10003', 'visitor', 'requested');
  });

  test('waits for its release: new requests keep the released one', async () => {
    const deployed = await deploy('designer', await newVersionOf('request-card-with-approval', 'Second.'));
    expect(deployed).toMatchObject({ version: 2, state: 'waits-for-release' });
    expect(deployed.sentence).toContain('use-case release request-card --variant with-approval --version 2');
    expect(await useCase()).toMatchObject({ variant: 'with-approval', version: 1 });
    expect(await versionOf((await requestCard('10004', 'visitor', 'requested')).id)).toBe(1);
  });

  test('a preview tells what a release would change, and changes nothing', async () => {
    const before = await useCase();
    const preview = (query: string) => product.call('admin', 'GET', `/use-cases/request-card/preview${query}`);
    const { status, body } = await preview('');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      now: { variant: 'with-approval', version: 1 },
      then: { variant: 'with-approval', version: 2 },
      changes: { same: false, changed: [{ id: 'request-card-with-approval' }] },
      tasksThen: [{ name: 'Decide on card request', groups: ['card-approvers'] }],
      staying: [
        {
          variant: 'with-approval',
          version: 1,
          requests: 2,
          steps: [{ id: 'decide-request', name: 'Decide on card request', instances: 2 }],
        },
      ],
      openForms: 0,
      groups: ['card-operators', 'card-approvers'],
    });
    expect(body.sentence).toContain('"Request card with approval", version 2');
    const other = await preview('?variant=without-approval&cardType=visitor');
    expect(other.body).toMatchObject({ cardType: 'visitor', cardTypes: ['visitor'], changes: null, tasksThen: [] });
    expect((await preview('?variant=by-magic')).body.code).toBe('variant-unknown');
    expect((await product.call('designer', 'GET', '/use-cases/request-card/preview')).status).toBe(403);
    expect(await useCase()).toEqual(before);
  });

  test('is released by an administrator only, and only of a variant in use', async () => {
    const release = { variant: 'with-approval', version: 2, reason: 'Reviewed by the security office' };
    expect((await product.call('designer', 'POST', '/use-cases/request-card/release', release)).status).toBe(403);
    expect((await change('/release', { ...release, variant: 'without-approval', version: 1 })).body.code).toBe(
      'variant-unknown',
    );
    expect((await change('/release', { ...release, version: 7 })).body.code).toBe('variant-unknown');
    const { status, body } = await change('/release', release);
    expect(status).toBe(200);
    expect(body).toMatchObject({ variant: 'with-approval', version: 2 });
    expect(await versionOf((await requestCard('10005', 'visitor', 'requested')).id)).toBe(2);
  });

  test('leaves what is registered where it is, and going back is one row', async () => {
    expect(await versionOf(waiting.id)).toBe(1);
    const { body } = await change('/undo', { reason: 'Approvers could not see the photo' });
    expect(body).toMatchObject({ variant: 'with-approval', version: 1 });
    expect(await versionOf((await requestCard('10007', 'visitor', 'requested')).id)).toBe(1);
    expect((await change('/undo', {})).body).toMatchObject({ version: 2 });
  });

  test('the history tells every state with its reason, and the audit log the change', async () => {
    const { body } = await product.call('admin', 'GET', '/use-cases/request-card/history?limit=3');
    expect(body.items.map(({ reason, choice }: any) => [reason, choice.version])).toEqual([
      [null, 2],
      ['Approvers could not see the photo', 1],
      ['Reviewed by the security office', 2],
    ]);
    const next = await product.call('admin', 'GET', `/use-cases/request-card/history?cursor=${body.next}`);
    expect(next.body.items).toMatchObject([
      { enabled: true, choice: { version: 1 } },
      { enabled: false, choice: null, actor: 'system' },
    ]);
    const [row] = (await product.call('admin', 'GET', '/audit?action=use-case-changed&limit=2')).body.items.slice(1);
    expect(row.details).toMatchObject({
      reason: 'Approvers could not see the photo',
      from: { choice: { version: 2 } },
      to: { choice: { version: 1 } },
    });
  });

  test('of two administrators at once, the second is told', async () => {
    const etag = (await product.call('admin', 'GET', '/use-cases/request-card')).headers.get('etag') ?? '';
    const answers = await Promise.all(
      [1, 2].map((version) =>
        change('/release', { variant: 'with-approval', version: 3 - version }, { 'if-match': etag }),
      ),
    );
    const later = await change('/release', { variant: 'with-approval', version: 1 }, { 'if-match': '"1"' });
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    expect(later).toMatchObject({ status: 412, body: { code: 'stale' } });
  });

  async function versionOf(requestId: string): Promise<number> {
    const row = await product
      .db('card_request as r')
      .join('process_version as v', 'v.definition_id', 'r.definition_id')
      .where('r.id', requestId)
      .first<{ version: number }>('v.version');
    return row.version;
  }
});

describe('a variant for one card type only', () => {
  const put = (cardType: string, body: object) =>
    product.call('admin', 'PUT', `/use-cases/request-card/card-types/${cardType}`, body);

  test('applies to that card type; the most specific wins', async () => {
    await enable(product, 'without-approval');
    const { status, body } = await put('contractor', {
      variant: 'with-approval',
      version: 1,
      reason: 'Contractors only',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      variant: 'without-approval',
      cardTypes: { contractor: { variant: 'with-approval', version: 1 } },
    });
    await requestCard('10008', 'contractor', 'requested');
    await requestCard('10008', 'visitor', 'approved');
  });

  test('a release reaches it too', async () => {
    const { body } = await change('/release', { variant: 'with-approval', version: 2 });
    expect(body).toMatchObject({ variant: 'without-approval', cardTypes: { contractor: { version: 2 } } });
  });

  test('taken back, the card type follows the use case again; undo brings it back', async () => {
    const path = '/use-cases/request-card/card-types/contractor';
    expect((await product.call('admin', 'DELETE', path)).body.cardTypes).toEqual({});
    await requestCard('10009', 'contractor', 'approved');
    expect((await change('/undo', {})).body.cardTypes).toMatchObject({ contractor: { variant: 'with-approval' } });
    await product.call('admin', 'DELETE', path);
  });

  test('unknown card types and variants are refused', async () => {
    expect((await put('astronaut', { variant: 'with-approval' })).body.code).toBe('card-type-unknown');
    expect((await put('visitor', { variant: 'by-magic' })).body.code).toBe('variant-unknown');
  });
});

describe('a start of the product', () => {
  const shippedUnits = () => readUnits(bpmn);
  const newest = async (key: string) =>
    product.db('process_version').where('process_key', key).orderBy('version', 'desc').first();
  const ship = (units: readonly DeploymentUnit[]) =>
    deployShipped({ db: product.db, engine: product.engine, system }, units);

  test('deploys nothing that is there', async () => {
    const before = await product.db('process_version').count();
    expect((await ship(await shippedUnits())).map(({ processKey }) => processKey)).toEqual([
      'request-card-with-approval',
    ]);
    expect(await product.db('process_version').count()).toEqual(before);
  });

  test('keeps to what people deployed, and to what is chosen, when an upgrade ships other diagrams', async () => {
    const choices = await product.db('variant_choice').select('use_case', 'card_type', 'definition_id');
    const entry = await deploy('admin', await newVersionOf('request-card', 'Ours.'));
    expect(entry).toMatchObject({ state: 'live', version: 2 });
    const upgraded = await Promise.all((await shippedUnits()).map(nextRelease));
    const held = await ship(upgraded);
    expect(Object.fromEntries(held.map(({ processKey, deployedBy }) => [processKey, deployedBy]))).toEqual({
      'request-card': 'admin',
      'request-card-with-approval': 'designer',
    });
    expect(await newest('request-card')).toMatchObject({ version: 2, deployed_by: 'admin' });
    expect(await newest('abort-card-request')).toMatchObject({ version: 2, deployed_by: system, shipped: true });
    expect(await newest('request-card-without-approval')).toMatchObject({ version: 2, shipped: true });
    expect(await product.db('variant_choice').select('use_case', 'card_type', 'definition_id')).toEqual(choices);
  });

  test('follows upgrades again once an administrator has deployed what was shipped', async () => {
    const [own] = await Promise.all(
      (await shippedUnits()).filter(({ diagram }) => diagram.processKey === 'request-card').map(nextRelease),
    );
    const [file] = own?.files ?? [];
    await deploy('admin', { name: 'request-card.bpmn', content: file?.content ?? '' });
    expect(await ship(own === undefined ? [] : [own])).toEqual([]);
    expect(await newest('request-card')).toMatchObject({ version: 3, deployed_by: 'admin', shipped: true });
    await ship(await shippedUnits());
    expect(await newest('request-card')).toMatchObject({ version: 4, deployed_by: system });
  });

  test('an old version of an entry process is restored as the newest', async () => {
    const restore = '/process-definitions/request-card/versions/2/restore';
    expect((await product.call('designer', 'POST', restore)).status).toBe(403);
    const { body } = await product.call('admin', 'POST', restore);
    expect(body.processes).toMatchObject([{ processKey: 'request-card', version: 5, state: 'live' }]);
    const xml = await product.call('admin', 'GET', '/process-definitions/request-card/versions/5/xml');
    expect(xml.body).toContain('Ours.');
  });

  test('puts on record what the engine took without us, with its author', async () => {
    const file = await variantFrom('without-approval', 'left-behind');
    const unit = unitOf(await readDiagram(String(file.content)), [{ name: file.name, content: String(file.content) }]);
    const how = { name: unit.diagram.processKey, source: `${deploymentSource}/modeler/designer` };
    const [left] = await deployUnits(product.engine, system, [unit], how);
    const files = new DeployedFiles(product.engine, system);
    const deps = { db: product.db, engine: product.engine, system, files, log };
    // The server's own round may be first.
    await adoptDefinitions(deps);
    expect(await product.db('process_version').where('definition_id', left?.definitionId).first()).toMatchObject({
      process_key: 'request-card-left-behind',
      variant: 'left-behind',
      deployed_by: 'designer',
      source_hash: unit.hash,
      shipped: false,
    });
    expect(await adoptDefinitions(deps)).toEqual([]);
  });

  test('what cannot be read holds up no other, and counts as foreign', async () => {
    const unreadable = (await variantFrom('without-approval', 'unreadable')).content;
    const readable = await variantFrom('without-approval', 'after-it');
    const how = { name: 'left', source: `${deploymentSource}/modeler/designer` };
    // The engine passes over incoming flows that are not there; our reader refuses them.
    const dangling = String(unreadable).replace(
      '</bpmn:incoming>',
      '</bpmn:incoming><bpmn:incoming>nowhere</bpmn:incoming>',
    );
    for (const content of [dangling, String(readable.content)]) {
      const key = /<bpmn:process id="([^"]+)"/.exec(content)?.[1] ?? '';
      const diagram = await readDiagram(String(readable.content));
      await deployUnits(
        product.engine,
        system,
        [unitOf({ ...diagram, processKey: key }, [{ name: `${key}.bpmn`, content }])],
        how,
      );
    }
    const files = new DeployedFiles(product.engine, system);
    await adoptDefinitions({ db: product.db, engine: product.engine, system, files, log });
    const recorded = await product.db('process_version').pluck('process_key');
    expect(recorded).toContain('request-card-after-it');
    expect(recorded).not.toContain('request-card-unreadable');
    const { items } = (await product.call('admin', 'GET', '/foreign-definitions')).body;
    expect(items).toMatchObject([{ kind: 'process', key: 'request-card-unreadable' }]);
    expect((await product.call('admin', 'DELETE', `/foreign-definitions/${items[0].definitionId}`)).status).toBe(204);
  });

  /** The same diagram as another release might ship it. */
  async function nextRelease({ files }: DeploymentUnit): Promise<DeploymentUnit> {
    const [diagram, ...forms] = files;
    if (diagram === undefined) throw new Error('A unit has a diagram.');
    const content = diagram.content.replace(/<bpmn:documentation>/, '<bpmn:documentation>Next release. ');
    return unitOf(await readDiagram(content), [{ ...diagram, content }, ...forms]);
  }
});

describe('versions', () => {
  const plan = (query: string) =>
    product.call('designer', 'GET', `/process-definitions/request-card-with-approval/migration-plan?${query}`);

  test('are listed with author, origin and what runs in them', async () => {
    const { body } = await product.call('designer', 'GET', '/process-definitions');
    const listed = body.items.find(({ key }: { key: string }) => key === 'request-card-with-approval');
    expect(listed).toMatchObject({ newest: { version: 2, deployedBy: 'designer', origin: 'api' } });
    const versions = await product.call('designer', 'GET', '/process-definitions/request-card-with-approval/versions');
    expect(versions.body.items.map(({ version, shipped: own }: any) => [version, own])).toEqual([
      [2, false],
      [1, true],
    ]);
    expect(versions.body.items.every(({ instances }: any) => instances > 0)).toBe(true);
    expect((await product.call('designer', 'GET', '/process-definitions/nothing/versions')).status).toBe(404);
    expect((await product.call('operator', 'GET', '/process-definitions')).status).toBe(403);
  });

  test('differ in words', async () => {
    const { body } = await product.call(
      'designer',
      'GET',
      '/process-definitions/request-card-with-approval/diff?from=1&to=2',
    );
    expect(body).toMatchObject({
      same: false,
      added: [],
      removed: [],
      changed: [{ id: 'request-card-with-approval', changes: [expect.stringContaining('documentation')] }],
    });
  });

  test('running instances move to another version and are told by it', async () => {
    const { body } = await plan('from=1&to=2');
    expect(body).toMatchObject({
      possible: true,
      problems: [],
      steps: [{ id: 'decide-request', goesTo: 'decide-request', stranded: null }],
    });
    const path = '/process-definitions/request-card-with-approval/migration';
    expect((await product.call('designer', 'POST', path, { from: 1, to: 2 })).status).toBe(403);
    const started = await product.call('admin', 'POST', path, {
      from: 1,
      to: 2,
      reason: 'Everyone in the same version',
    });
    expect(started.status).toBe(202);
    expect(started.body).toMatchObject({ from: 1, to: 2, instances: body.instances });
    await eventually('the migration is done', 60_000, async () => {
      const { body: now } = await product.call('admin', 'GET', `${path}s/${started.body.id}`);
      return now.state === 'done';
    });
    expect((await plan('from=1&to=2')).body.instances).toBe(0);
    const open = await product
      .db('card_request as r')
      .join('process_version as v', 'v.definition_id', 'r.definition_id')
      .where('r.state', 'requested')
      .pluck('v.version');
    expect(new Set(open)).toEqual(new Set([2]));
    const again = await product.call('admin', 'POST', path, { from: 1, to: 2 });
    expect(again).toMatchObject({ status: 409, body: { code: 'migration-refused' } });
  });

  test('a step that was drawn anew is found by its name, and one that is gone is named', async () => {
    const [task] = await product.db('card_request').where('state', 'requested').limit(1);
    expect(task).toBeDefined();
    const drawnAnew = async (text: string, id: string, name: string) => {
      const { name: file, content } = await newVersionOf('request-card-with-approval', text);
      return deploy('designer', {
        name: file,
        content: String(content)
          .replaceAll(/(?<=(id|attachedToRef|sourceRef|targetRef|bpmnElement)=")decide-request"/g, `${id}"`)
          .replace('"approvalTask">decide-request', `"approvalTask">${id}`)
          .replace('name="Decide on card request"', `name="${name}"`),
      });
    };
    const anew = await drawnAnew('Third.', 'Activity_0k3xq1z', 'Decide on card request');
    expect((await plan(`from=2&to=${anew.version}`)).body).toMatchObject({
      possible: true,
      problems: [],
      steps: [{ id: 'decide-request', goesTo: 'Activity_0k3xq1z', byName: true, stranded: null }],
    });
    const { version } = await drawnAnew('Fourth.', 'judge-request', 'Judge the card request');
    const { body } = await plan(`from=2&to=${version}`);
    expect(body).toMatchObject({ possible: false, steps: [{ id: 'decide-request', goesTo: null, byName: false }] });
    expect(body.problems.join()).toContain('decide-request');
    const run = await product.call('admin', 'POST', '/process-definitions/request-card-with-approval/migration', {
      from: 2,
      to: version,
    });
    expect(run).toMatchObject({ status: 409, body: { code: 'migration-refused' } });
  });

  test('a stranded topic', async () => {
    const key = 'request-card-without-approval';
    await product.stopWorker();
    const { version: before } = await deploy('designer', await newVersionOf(key, 'Before.'));
    await product.engine.call({
      user: system,
      method: 'POST',
      path: `/process-definition/key/${key}/start`,
      body: { variables: { holder: { value: 'x', type: 'String' }, cardType: { value: 'visitor', type: 'String' } } },
    });
    const other = String((await newVersionOf(key, 'After.')).content).replace(
      'camunda:topic="register-request"',
      'camunda:topic="register-anew"',
    );
    const unit = unitOf(await readDiagram(other), [{ name: `${key}.bpmn`, content: other }]);
    await deployUnits(product.engine, system, [unit], { name: key, source: `${deploymentSource}/api/designer` });
    await adoptDefinitions({
      db: product.db,
      engine: product.engine,
      system,
      files: new DeployedFiles(product.engine, system),
      log,
    });
    const { body } = await product.call(
      'admin',
      'GET',
      `/process-definitions/${key}/migration-plan?from=${before}&to=${before + 1}`,
    );
    const [step] = body.steps;
    expect(step).toMatchObject({ id: 'register-request', instances: 1, goesTo: 'register-request' });
    expect(step.stranded).toMatch(/keeps the topic register-request instead of register-anew/);
    await product.startWorker();
  });

  test('the shipped diagram is what it was', async () => {
    const { body } = await product.call(
      'designer',
      'GET',
      '/process-definitions/request-card-with-approval/versions/1/xml',
    );
    expect(body).toBe(await shipped('request-card-with-approval.bpmn'));
  });
});
