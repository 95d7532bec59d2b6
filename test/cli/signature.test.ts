import { createHash } from 'node:crypto';
import { z } from 'zod';
import { CLI_SIGNATURE_HEADER, signRequest, type SigningKey } from '../../src/engine/signing.js';
import { defineRoute } from '../../src/web/route.js';
import { readUseCases } from '../../src/variants/use-cases/use-case-store.js';
import type { AppDeps } from '../../src/web/app.js';
import { startInstallation, type TestInstallation } from './support/installation.js';

const useCase = '/api/v1/use-cases/request-card';
const enable = JSON.stringify({ enabled: true, variant: 'with-approval' });
const user = 'cli:tester';

const started: TestInstallation[] = [];
async function start(deps?: Partial<AppDeps>): Promise<TestInstallation> {
  const one = await startInstallation(deps);
  started.push(one);
  return one;
}

let installation: TestInstallation;
let key: SigningKey;
beforeAll(async () => {
  installation = await start();
  key = { id: 'cli', secret: installation.secret };
});
afterAll(() => Promise.all(started.map((each) => each.close())));

const digestOf = (body: string) => `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;

type Headers = Record<string, string>;

async function send(method: string, target: string, headers: Headers, body?: string, url = installation.url) {
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const response = await fetch(url + target, {
    method,
    redirect: 'manual',
    headers: { ...type, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text };
}

interface Forgery {
  readonly key?: Partial<SigningKey>;
  readonly user?: string;
  readonly method?: string;
  readonly target?: string;
  /** The header as sent; the signature is for the digest of the true body. */
  readonly digest?: string;
  readonly at?: number;
}

/** A change with the signature that belongs to it, but for what `forged` says. */
async function change({ key: forgedKey, at, digest, ...claim }: Forgery = {}) {
  const contentDigest = digestOf(enable);
  const signature = signRequest(
    { ...key, ...forgedKey },
    { user, method: 'PUT', target: useCase, contentDigest, ...claim },
    at,
  );
  return send('PUT', useCase, { [CLI_SIGNATURE_HEADER]: signature, 'content-digest': digest ?? contentDigest }, enable);
}

const isEnabled = async () =>
  (await readUseCases(installation.database.knex)).find(({ id }) => id === 'request-card')?.enabled;

describe('a signed request is refused', () => {
  afterEach(async () => expect(await isEnabled()).toBe(false));

  const now = Date.now();
  test.each([
    ['31 s old', { at: now - 31_000 }],
    ['of a time to come', { at: now + 60_000 }],
    ['made with another secret', { key: { secret: 'x'.repeat(40) } }],
    ['made with a key of the engine host', { key: { id: 'door' } }],
    ['made for another method', { method: 'GET' }],
    ['made for another path', { target: '/api/v1/use-cases/issue-card' }],
    ['made for the same path with a query', { target: `${useCase}?x=1` }],
    ['made for another body', { digest: digestOf('{}') }],
    ['in the name of a person', { user: 'admin' }],
    ['in the name of somebody with a line break', { user: 'cli:a\nadmin' }],
  ] satisfies [string, Forgery][])('%s', async (_what, forged) => {
    expect(await change(forged)).toMatchObject({ status: 401, body: { code: 'signature-refused' } });
  });

  test.each(['md5=:rL0Y20zC+Fzt72VPzMSk2A==:', `${digestOf(enable)}, sha-512=:YQ==:`, 'sha-256=:YQ==:'])(
    'with a digest that nobody would compare: %s',
    async (contentDigest) => {
      const signature = signRequest(key, { user, method: 'PUT', target: useCase, contentDigest });
      const headers = { [CLI_SIGNATURE_HEADER]: signature, 'content-digest': contentDigest };
      expect((await send('PUT', useCase, headers, enable)).status).toBe(401);
    },
  );

  test('without a digest', async () => {
    const signature = signRequest(key, { user, method: 'PUT', target: useCase });
    expect((await send('PUT', useCase, { [CLI_SIGNATURE_HEADER]: signature }, enable)).status).toBe(401);
  });

  test('with a body other than the digest says', async () => {
    const contentDigest = digestOf('{"enabled":false}');
    const signature = signRequest(key, { user, method: 'PUT', target: useCase, contentDigest });
    const headers = { [CLI_SIGNATURE_HEADER]: signature, 'content-digest': contentDigest };
    const answer = await send('PUT', useCase, headers, enable);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request', errors: [{ field: 'body' }] } });
  });

  test.each(['', 'garbage', 'cli:::', `cli:Y2xpOmE:1:${'0'.repeat(64)}`])('that is %j', async (signature) => {
    expect((await send('GET', useCase, { [CLI_SIGNATURE_HEADER]: signature })).status).toBe(401);
  });

  test('even when a good password would follow it', async () => {
    const headers = { [CLI_SIGNATURE_HEADER]: 'garbage', authorization: 'Basic YWRtaW46YWRtaW4=' };
    const { body } = await send('GET', useCase, headers);
    expect(body).toMatchObject({ code: 'signature-refused', detail: expect.stringContaining('signature') });
  });

  test.each([
    ['/camunda/api/engine/engine/default/task', 401],
    ['/API/v1/use-cases', 401],
    ['/engine-rest/task', 404],
    ['/', 401],
  ])('at %s', async (target, status) => {
    const signature = signRequest(key, { user, method: 'GET', target });
    expect((await send('GET', target, { [CLI_SIGNATURE_HEADER]: signature })).status).toBe(status);
  });

  test('where the server has no secret for it, not even an empty one', async () => {
    const other = await start({ cliSecret: undefined });
    const signature = (secret: string) => signRequest({ id: 'cli', secret }, { user, method: 'GET', target: useCase });
    for (const secret of [other.secret, '', 'undefined', 'null']) {
      const answer = await send('GET', useCase, { [CLI_SIGNATURE_HEADER]: signature(secret) }, undefined, other.url);
      expect(answer).toMatchObject({ status: 401, body: { detail: expect.stringContaining('--user') } });
    }
  });
});

test('has the powers of an administrator, and no others', async () => {
  const operators = defineRoute({
    method: 'get',
    path: '/operators-only',
    summary: 'For operators',
    tags: ['Test'],
    roles: ['operator'],
    responses: { 200: { description: 'Yes', schema: z.object({}) } },
    handler: async () => ({ status: 200, body: {} }),
  });
  const other = await start({ routes: [operators] });
  const target = '/api/v1/operators-only';
  const signature = signRequest({ id: 'cli', secret: other.secret }, { user, method: 'GET', target });
  expect((await send('GET', target, { [CLI_SIGNATURE_HEADER]: signature }, undefined, other.url)).status).toBe(403);
});

test('is accepted up to 30 s later, and the log names who was at the machine', async () => {
  const { status, body } = await change({ at: Date.now() - 25_000 });
  expect(status).toBe(200);
  expect(body).toMatchObject({ enabled: true, variant: 'with-approval' });
  const rows = await installation.database.knex('audit').orderBy('id').select('actor', 'action', 'object_id');
  expect(rows).toEqual(
    ['request-card', 'request-multiple-cards'].map((id) => ({
      actor: user,
      action: 'use-case-changed',
      object_id: id,
    })),
  );
});

test('a digest is compared for every sender, in every form of the body', async () => {
  const target = '/api/v1/holders/import?dryRun=true';
  const csv = 'employee_number\n';
  const contentDigest = digestOf(csv);
  const signature = signRequest(key, { user, method: 'POST', target, contentDigest });
  const headers = { [CLI_SIGNATURE_HEADER]: signature, 'content-digest': contentDigest, 'content-type': 'text/csv' };
  expect((await send('POST', target, headers, csv)).body.code).toBe('import-invalid');
  expect((await send('POST', target, headers, `${csv}1\n`)).body.code).toBe('invalid-request');
});
