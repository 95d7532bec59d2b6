import { password, startProduct, type Product } from '../support/product.js';
import { boundary, deploymentFields, field, filePart, Modeler, multipart } from './modeler.js';
import { newVersionOf, shipped, variantFrom } from './variants.js';

let product: Product;
let designer: Modeler;
let admin: Modeler;
const as = (user: string, secret = password) => new Modeler(product.url, { user, password: secret });

beforeAll(async () => {
  product = await startProduct();
  designer = as('designer');
  admin = as('admin');
}, 180_000);
afterAll(() => product.stop());

/** Everything that a deployment leaves behind. */
async function traces() {
  const [definitions, versions, deployments, audit] = await Promise.all([
    product.engine.call<{ count: number }>({ user: 'card-server', path: '/process-definition/count' }),
    product.db('process_version').count<{ count: string }[]>('* as count'),
    product.db('deployment').count<{ count: string }[]>('* as count'),
    product.db('audit').where('action', 'process-deployed').count<{ count: string }[]>('* as count'),
  ]);
  return {
    definitions: definitions.count,
    versions: versions[0]?.count,
    deployments: deployments[0]?.count,
    audit: audit[0]?.count,
  };
}

describe('the connection check', () => {
  test('without credentials it is asked for them, as the Modeler expects', async () => {
    const answer = await new Modeler(product.url, null).checkConnection();
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="cards", charset="UTF-8"');
    expect(answer.json).toEqual({ type: 'unauthenticated', message: expect.any(String) });
  });

  test('a designer and an administrator pass it, with the version', async () => {
    for (const modeler of [designer, admin]) {
      expect(await modeler.checkConnection()).toMatchObject({ status: 200, json: [] });
      expect(await modeler.version()).toMatchObject({ status: 200, json: { version: '7.24.0' } });
    }
  });

  test('a wrong password, and people of other groups, are refused', async () => {
    expect((await as('designer', 'a wrong password').checkConnection()).status).toBe(401);
    for (const user of ['operator', 'approver', 'producer']) {
      const answer = await as(user).checkConnection();
      expect(answer.status).toBe(403);
      expect(answer.json.message).toContain('process-designers');
    }
  });

  test('anybody learns where the web applications are', async () => {
    const answer = await new Modeler(product.url, null).wellKnown();
    expect(answer.json).toEqual({
      adminUrl: `${product.url}/camunda/app/admin/`,
      cockpitUrl: `${product.url}/camunda/app/cockpit/`,
      tasklistUrl: `${product.url}/camunda/app/tasklist/`,
    });
  });

  test('guessing passwords is slowed down here too', async () => {
    const statuses: number[] = [];
    for (let tries = 0; tries < 7; tries += 1)
      statuses.push((await as('designer2', `guess ${tries}`).checkConnection()).status);
    expect(statuses).toContain(429);
  });

  test('nothing else of the engine is there', async () => {
    for (const path of [
      '/engine-rest/task',
      '/engine-rest/user',
      '/engine-rest/engine',
      '/engine-rest/deployment/create',
    ]) {
      expect((await admin.send('GET', path)).status).toBe(404);
    }
  });
});

describe('a new variant', () => {
  test('is there at once, can be chosen, and is chosen by nobody', async () => {
    const before = await product.db('variant_choice').select();
    const diagram = await variantFrom('with-approval', 'by-modeler');
    const answer = await designer.deploy('By Modeler', [diagram]);
    expect(answer).toMatchObject({ status: 200 });
    const [definition] = Object.values<any>(answer.json.deployedProcessDefinitions);
    expect(definition).toMatchObject({ key: 'request-card-by-modeler', version: 1 });
    const { body } = await product.call('admin', 'GET', '/use-cases/request-card');
    expect(body.variants.map(({ id }: { id: string }) => id)).toContain('by-modeler');
    expect(await product.db('variant_choice').select()).toEqual(before);
    expect(await product.db('process_version').where('definition_id', definition.id).first()).toMatchObject({
      use_case: 'request-card',
      variant: 'by-modeler',
      deployed_by: 'designer',
      deployment_id: answer.json.id,
      source_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      shipped: false,
    });
    expect(await product.db('deployment').where('id', answer.json.id).first()).toMatchObject({
      author: 'designer',
      origin: 'modeler',
    });
    const audit = await product.db('audit').where({ action: 'process-deployed', object_id: 'request-card-by-modeler' });
    expect(audit).toMatchObject([{ actor: 'designer', process_version: 1, details: { origin: 'modeler' } }]);
  });

  test('brings the forms that it refers to, those it did not send too', async () => {
    const form = JSON.parse(await shipped('decide-request.form'));
    const changed = JSON.stringify({ ...form, schemaVersion: 16 });
    const diagram = await variantFrom('with-approval', 'own-form');
    const alone = await designer.deploy('x', [await variantFrom('with-approval', 'borrowed-form')]);
    const own = await designer.deploy('x', [diagram, { name: 'decide-request.form', content: changed }]);
    expect(await deployedForm(alone.json.id)).toBe(await shipped('decide-request.form'));
    expect(await deployedForm(own.json.id)).toBe(changed);
    const again = await designer.deploy('x', [await variantFrom('with-approval', 'own-form', (xml) => `${xml}\n`)]);
    expect(await deployedForm(again.json.id)).toBe(changed);
  });

  async function deployedForm(deploymentId: string): Promise<string> {
    const path = `/deployment/${deploymentId}/resources`;
    const resources = await product.engine.call<{ id: string; name: string }[]>({ user: 'card-server', path });
    const form = resources.find(({ name }) => name === 'decide-request.form');
    const { body } = await product.engine.raw({ user: 'card-server', path: `${path}/${form?.id}/data` });
    return body.toString('utf8');
  }

  test('sent again unchanged makes no version; without the filter it does', async () => {
    const diagram = await variantFrom('without-approval', 'sent-twice');
    expect((await designer.deploy('x', [diagram])).status).toBe(200);
    const before = await traces();
    const again = await designer.deploy('another name', [diagram]);
    expect(again).toMatchObject({ status: 200, json: { deployedProcessDefinitions: null } });
    expect(await traces()).toEqual(before);
    const unfiltered = await designer.sendBody(multipart([field('deployment-name', 'x'), filePart(diagram)]));
    expect(Object.values<any>(unfiltered.json.deployedProcessDefinitions)[0]).toMatchObject({ version: 2 });
  });

  test('that asks for deploy-changed-only keeps its forms all the same', async () => {
    const diagram = await variantFrom('with-approval', 'changed-only');
    const body = multipart([...deploymentFields('x'), field('deploy-changed-only', 'true'), filePart(diagram)]);
    const answer = await designer.sendBody(body);
    expect(answer.status).toBe(200);
    const path = `/deployment/${answer.json.id}/resources`;
    const names = (await product.engine.call<{ name: string }[]>({ user: 'card-server', path })).map(
      ({ name }) => name,
    );
    expect(names.sort()).toEqual(['decide-request.form', 'request-card-changed-only.bpmn']);
  });
});

describe('a deployment byte for byte as Camunda Modeler sends it', () => {
  const parts = (content: string) =>
    [
      `--${boundary}`,
      'Content-Disposition: form-data; name="deployment-name"',
      '',
      'request-card-on-the-wire',
      `--${boundary}`,
      'Content-Disposition: form-data; name="deployment-source"',
      '',
      'Camunda Modeler',
      `--${boundary}`,
      'Content-Disposition: form-data; name="enable-duplicate-filtering"',
      '',
      'true',
      `--${boundary}`,
      'Content-Disposition: form-data; name="request-card-on-the-wire.bpmn"; filename="request-card-on-the-wire.bpmn"',
      'Content-Type: text/xml',
      '',
      content,
      `--${boundary}--`,
      '',
    ].join('\r\n');

  test('is accepted', async () => {
    const { content } = await variantFrom('without-approval', 'on-the-wire');
    const answer = await designer.sendBody(Buffer.from(parts(String(content))));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe('file://');
  });

  test('is refused, with rule and element for its log', async () => {
    const broken = await variantFrom('without-approval', 'on-the-wire', (xml) =>
      xml.replace('camunda:topic="register-request"', 'camunda:topic="print-money"'),
    );
    const before = await traces();
    const answer = await designer.sendBody(Buffer.from(parts(String(broken.content))));
    expect(answer.status).toBe(422);
    expect(Object.keys(answer.json)).toEqual(['type', 'message']);
    expect(answer.json.type).toBe('models-refused');
    expect(answer.json.message).toMatch(/^Nothing was deployed, \d+ things? to mend:\n/);
    expect(answer.json.message).toMatch(/^register-request \(request-card-on-the-wire\.bpmn\): known-topics: .+/m);
    expect(await traces()).toEqual(before);
  });

  test('a preflight of a desktop program is answered, and nobody else gets in by it', async () => {
    const preflight = await new Modeler(product.url, null).send('OPTIONS', '/engine-rest/deployment/create');
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization, content-type');
    const credentials = Buffer.from(`designer:${password}`).toString('base64');
    const form = new FormData();
    form.set('x.bpmn', new Blob(['x']), 'x.bpmn');
    const elsewhere = await fetch(`${product.url}/engine-rest/deployment/create`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${credentials}`,
        origin: 'https://elsewhere.example',
        'sec-fetch-site': 'cross-site',
      },
      body: form,
    });
    expect(elsewhere.status).toBe(403);
    expect(elsewhere.headers.get('access-control-allow-origin')).toBeNull();
    expect(await elsewhere.json()).toMatchObject({ type: 'cross-site' });
  });
});

describe('a refused upload leaves nothing behind', () => {
  const refused = async (files: Parameters<Modeler['deploy']>[1], status: number, message: RegExp) => {
    const before = await traces();
    const answer = await designer.deploy('x', files);
    expect(answer.json?.message ?? answer.text).toMatch(message);
    expect(answer.status).toBe(status);
    expect(await traces()).toEqual(before);
  };

  test.each([
    '../../etc/passwd.bpmn',
    '..\\x.bpmn',
    '/x.bpmn',
    'a/../x.bpmn',
    'x.bpmn\u0000.form',
    '.bpmn',
    'x.groovy',
    'x..bpmn',
  ])('a file called %j', async (name) => {
    await refused([{ name, content: '<x/>' }], 400, /no name for a diagram or form/);
  });

  test('two files of one name', async () => {
    const diagram = await variantFrom('without-approval', 'twice');
    await refused([diagram, diagram], 400, /two files called "request-card-twice\.bpmn"/);
  });

  test('no file, no multipart, an early end', async () => {
    await refused([], 400, /no file/);
    expect((await designer.sendBody(Buffer.from('{}'), 'application/json')).status).toBe(415);
    expect((await designer.sendBody(Buffer.from('x'), 'multipart/form-data')).status).toBe(415);
    expect((await designer.sendBody(Buffer.from('x'), 'multipart/form-data; x=y')).status).toBe(400);
    const whole = multipart([filePart(await variantFrom('without-approval', 'cut'))]);
    expect((await designer.sendBody(whole.subarray(0, whole.length - 200))).status).toBe(400);
  });

  test('too large, too many, too deep', async () => {
    await refused([{ name: 'x.bpmn', content: ' '.repeat(1_000_001) }], 413, /larger than 1 MB/);
    await refused([{ name: 'x.bpmn', content: ' '.repeat(5_000_000) }], 413, /larger/);
    await refused(
      Array.from({ length: 41 }, (_, at) => ({ name: `x${at}.form`, content: '{}' })),
      413,
      /more than 40 files/,
    );
    await refused([{ name: 'x.bpmn', content: '<a>'.repeat(50_000) }], 422, /readable-file: .*levels deep/);
    await refused([{ name: 'x.bpmn', content: `<a>${'<b/>'.repeat(50_000)}</a>` }], 422, /readable-file: .*tags/);
  });

  test('a DOCTYPE, a broken reference, another encoding, no XML', async () => {
    const { name, content } = await variantFrom('without-approval', 'hostile');
    const xml = String(content);
    const file = (text: string | Buffer) => [{ name, content: text }];
    await refused(
      file(xml.replace('<bpmn:definitions', '<!DOCTYPE x [<!ENTITY a "b">]><bpmn:definitions')),
      422,
      /DOCTYPE/,
    );
    await refused(
      file(xml.replace('bpmnElement="register-request"', 'bpmnElement="nowhere"')),
      422,
      /readable-file: .*nowhere/,
    );
    await refused(file(xml.replace('encoding="UTF-8"', 'encoding="ISO-8859-1"')), 400, /UTF-8/);
    await refused(file(Buffer.from(xml, 'utf16le')), 400, /UTF-8/);
    await refused(file(xml.slice(0, 2_000)), 422, /readable-file/);
    await refused(file('no XML'), 422, /readable-file/);
    await refused(file(''), 422, /readable-file/);
  });

  test('a form without its diagram, an unknown field, a tenant', async () => {
    await refused(
      [{ name: 'decide-request.form', content: await shipped('decide-request.form') }],
      422,
      /form-with-diagram/,
    );
    const diagram = filePart(await variantFrom('without-approval', 'fields'));
    const tenant = await designer.sendBody(multipart([field('tenant-id', 'acme'), diagram]));
    expect(tenant).toMatchObject({ status: 400, json: { message: expect.stringContaining('tenant') } });
    const unknown = await designer.sendBody(multipart([field('deployment-activation-time', '2030-01-01'), diagram]));
    expect(unknown).toMatchObject({
      status: 400,
      json: { message: expect.stringContaining('deployment-activation-time') },
    });
  });

  test('a variant that takes the place of an entry process or of another variant', async () => {
    const entry = await variantFrom('without-approval', 'x', (xml) => xml.replaceAll('request-card-x', 'request-card'));
    await refused(
      [{ ...entry, name: 'request-card.bpmn' }],
      422,
      /process-identity: request-card is started by people/,
    );
    const other = await variantFrom('without-approval', 'y', (xml) =>
      xml.replace('value="y"', 'value="with-approval"'),
    );
    await refused([other], 422, /variant-names|process-identity/);
    const changed = await newVersionOf('request-card-without-approval', '');
    const renamed = String(changed.content).replace('value="without-approval"', 'value="something-else"');
    await refused([{ ...changed, content: renamed }], 422, /process-identity: .* stays it/);
  });
});

describe('what would be live at once', () => {
  test.each(['request-card', 'abort-card-request'])('%s takes an administrator', async (key) => {
    const diagram = await newVersionOf(key, 'Reviewed.');
    const before = await traces();
    const refused = await designer.deploy(key, [diagram]);
    expect(refused).toMatchObject({
      status: 403,
      json: { type: 'needs-administrator', message: expect.stringContaining(key) },
    });
    expect(await traces()).toEqual(before);
    const accepted = await admin.deploy(key, [diagram]);
    expect(accepted.status).toBe(200);
    expect(accepted.json.message).toContain(`${key} version 2 is live`);
  });

  test('what is new and no variant takes one too, and is not called live', async () => {
    const content = (await shipped('abort-card-request.bpmn')).replaceAll(
      'abort-card-request',
      'withdraw-card-request',
    );
    const refused = await designer.deploy('new', [{ name: 'withdraw-card-request.bpmn', content }]);
    expect(refused).toMatchObject({ status: 403, json: { type: 'needs-administrator' } });
    expect(refused.json.message).toContain(
      'Nothing was deployed: withdraw-card-request is new and nothing that an administrator chooses afterwards.',
    );
    const accepted = await admin.deploy('new', [{ name: 'withdraw-card-request.bpmn', content }]);
    expect(accepted.json.message).toContain('withdraw-card-request version 1 is deployed. It is no variant');
  });

  test('an entry process that breaks its variants is refused, and says which', async () => {
    const broken = String((await newVersionOf('request-card', '')).content).replace(
      '<camunda:in source="cardType" target="cardType" />',
      '',
    );
    const answer = await admin.deploy('request-card', [{ name: 'request-card.bpmn', content: broken }]);
    expect(answer.status).toBe(422);
    expect(answer.json.message).toMatch(/register-request \(request-card-with-approval\.bpmn\): topic-inputs/);
  });
});

test('the start button is answered in words', async () => {
  const [definition] = await product.engine.call<{ id: string }[]>({
    user: 'card-server',
    path: '/process-definition',
    query: { key: 'request-card' },
  });
  for (const modeler of [designer, admin]) {
    const answer = await modeler.start(definition?.id ?? '');
    expect(answer).toMatchObject({
      status: 403,
      json: { type: 'forbidden', message: expect.stringContaining('Tasklist') },
    });
  }
  const { count } = await product.engine.call<{ count: number }>({
    user: 'card-server',
    path: '/history/process-instance/count',
  });
  expect(count).toBe(0);
});

test('two designers at once: both versions are there, in order, each with its author', async () => {
  const versions = await Promise.all(
    [designer, admin].map(async (modeler, at) => {
      const diagram = await variantFrom('without-approval', 'together', (xml) =>
        xml.replace('The card is approved', `${at}: the card is approved`),
      );
      return modeler.deploy('x', [diagram]);
    }),
  );
  expect(versions.map(({ status }) => status)).toEqual([200, 200]);
  const rows = await product.db('process_version').where('process_key', 'request-card-together').orderBy('version');
  expect(rows.map(({ version }) => version)).toEqual([1, 2]);
  expect(rows.map(({ deployed_by: by }) => by).sort()).toEqual(['admin', 'designer']);
});

describe('over the API', () => {
  test('a dry run reports what would happen and does nothing', async () => {
    const before = await traces();
    const files = [await variantFrom('with-approval', 'dry')];
    const { status, body } = await product.call('designer', 'POST', '/deployments', { files, dryRun: true });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      deploymentId: null,
      dryRun: true,
      processes: [{ processKey: 'request-card-dry', version: 1, definitionId: null, state: 'choosable' }],
    });
    expect(await traces()).toEqual(before);
  });

  test('findings come as data', async () => {
    const files = [
      await variantFrom('with-approval', 'broken', (xml) =>
        xml.replaceAll('formRefBinding="deployment"', 'formRefBinding="latest"'),
      ),
    ];
    const { status, body } = await product.call('designer', 'POST', '/deployments', { files });
    expect(status).toBe(422);
    expect(body).toMatchObject({
      code: 'models-refused',
      findings: expect.arrayContaining([expect.objectContaining({ rule: 'form-references' })]),
    });
  });

  test('people of other groups are refused', async () => {
    expect((await product.call('operator', 'POST', '/deployments', { files: [] })).status).toBe(403);
  });
});
