import { ProductError } from '../../src/kernel/errors.js';
import type { HealthReport } from '../../src/web/health.js';
import { html } from '../../src/web/pages/html.js';
import type { Page } from '../../src/web/pages/page.js';
import type { UseCaseState } from '../../src/web/pages/start-page.js';
import { lentEngine } from '../support/engine.js';
import { STARTUP, startApp, type TestApp } from './support/app.js';
import { Browser } from './support/browser.js';

const pages: Page[] = [
  {
    method: 'get',
    path: '/notes/:id',
    roles: ['operator'],
    link: { label: 'Notes', hint: 'What operators write' },
    handler: ({ user, params, query }) => ({
      title: `Note ${params['id']}`,
      main: html`<p>${user.id} asks for ${query.get('q')}</p>`,
    }),
  },
  {
    method: 'post',
    path: '/notes/:id',
    limitBytes: 1_000,
    handler: async ({ form }) => {
      const [text, file] = [form.get('text'), form.get('file')];
      if (typeof text !== 'string' || text === '') throw new ProductError('invalid-request', 'Write <something>.');
      return { redirect: `/notes/${text}-${file instanceof File ? await file.text() : 'none'}` };
    },
  },
];

let app: TestApp;
let useCases: UseCaseState[] = [];
let health: HealthReport = { status: 'up', parts: {} };
let operator: Browser;

beforeAll(async () => {
  app = await startApp(await lentEngine(), {
    pages,
    useCases: async () => useCases,
    nothingEnabledHint: 'At least one must be enabled: npm run cards -- use-case enable x',
    health: async () => health,
  });
  operator = await arrive('operator');
}, STARTUP);
afterAll(() => app.close());

async function arrive(...roles: Parameters<TestApp['account']>): Promise<Browser> {
  const browser = new Browser(app.url);
  await browser.signIn(await app.account(...roles));
  return browser;
}

test('the start page links to what a person may open', async () => {
  const [own, admin] = [(await operator.open('/')).text, (await (await arrive('admin')).open('/')).text];
  for (const label of ['Tasklist', 'Notes', 'Interface']) expect(own).toContain(`<strong>${label}</strong>`);
  for (const label of ['Cockpit', 'Admin']) expect(own).not.toContain(`<strong>${label}</strong>`);
  for (const label of ['Tasklist', 'Cockpit', 'Admin']) expect(admin).toContain(`<strong>${label}</strong>`);
  expect(admin).not.toContain('Notes');
  const designer = (await (await arrive('designer')).open('/')).text;
  // Every group may have tasks, so everybody in one has lists of tasks.
  expect(designer).toContain('<strong>Tasklist</strong>');
  const inNoGroup = (await (await arrive()).open('/')).text;
  expect(inNoGroup).toContain('in no group yet');
  expect(inNoGroup).not.toContain('<strong>Tasklist</strong>');
});

test('the start page says which use cases are enabled, and how to enable one', async () => {
  useCases = [{ id: 'request-card', name: 'Request card', enabled: false, variant: null, variants: [] }];
  expect((await operator.open('/')).text).toContain('npm run cards -- use-case enable x');
  useCases = [
    {
      id: 'request-card',
      name: 'Request card',
      enabled: true,
      variant: 'with-approval',
      variants: [{ id: 'with-approval', name: 'Request card with approval' }],
    },
  ];
  const { text } = await operator.open('/');
  expect(text).toContain('Request card with approval');
  expect(text).not.toContain('npm run cards');
});

test('pages show what was asked for, escaped, to the roles they are for', async () => {
  const page = await operator.open('/notes/7?q=%3Cb%3E');
  expect(page.text).toContain('asks for &lt;b&gt;');
  expect(page.text).toContain('<title>Note 7 – Open Card Requests</title>');
  const refused = await (await arrive('producer')).open('/notes/7');
  expect([refused.status, refused.text.includes('card-operators')]).toEqual([403, true]);
});

test('forms and files are read, from our own pages only, up to a limit', async () => {
  const plain = await operator.request('POST', '/notes/7', { form: { text: 'hello' } });
  expect([plain.status, plain.headers.get('location')]).toEqual([303, '/notes/hello-none']);
  const form = new FormData();
  form.set('text', 'photo');
  form.set('file', new File(['bytes'], 'x.png'));
  const cookie = `card-session=${operator.cookies.get('card-session')}`;
  const upload = (body: FormData, origin: string) =>
    fetch(`${app.url}/notes/7`, { method: 'POST', body, redirect: 'manual', headers: { cookie, origin } });
  expect((await upload(form, app.url)).headers.get('location')).toBe('/notes/photo-bytes');
  expect((await upload(form, 'https://evil.example')).status).toBe(403);
  form.set('file', new File(['x'.repeat(2_000)], 'x.png'));
  expect((await upload(form, app.url)).status).toBe(413);
});

test('refusals are pages for people and problems for programs', async () => {
  const form = { text: '' };
  const page = await operator.request('POST', '/notes/7', { form, headers: { accept: 'text/html' } });
  expect([page.status, page.text.includes('Write &lt;something&gt;.')]).toEqual([400, true]);
  expect((await operator.request('POST', '/notes/7', { form })).json()).toMatchObject({ code: 'invalid-request' });
  expect((await operator.open('/nowhere')).text).toContain('There is nothing at this address.');
  expect((await operator.get('/nowhere')).json()).toMatchObject({ code: 'not-found' });
});

test('every answer of ours carries strict headers, and no page a script or style of its own', async () => {
  for (const path of ['/', '/sign-in', '/nowhere', '/healthz', '/api/v1/openapi.json', '/problems/self-approval']) {
    const { headers, text } = await operator.open(path);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'self';/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(text).not.toMatch(/<script|<style|style=|onclick=/);
  }
});

test.each([
  ['style sheet', 'stylesheet', 'text/css; charset=utf-8'],
  ['icon', 'icon', 'image/svg+xml; charset=utf-8'],
])('the %s is kept by browsers and needs no sign-in', async (_, link, type) => {
  const browser = new Browser(app.url);
  const [, path = ''] =
    new RegExp(`<link rel="${link}"[^>]* href="(/assets/[^"]+)"`).exec((await browser.open('/sign-in')).text) ?? [];
  const sheet = await browser.get(path);
  expect([sheet.status, sheet.headers.get('content-type')]).toEqual([200, type]);
  expect(sheet.headers.get('cache-control')).toContain('immutable');
});

test('whoever asks for the icon by its customary name is led to it, signed in or not', async () => {
  const answer = await fetch(`${app.url}/favicon.ico`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/svg+xml; charset=utf-8']);
  expect(await answer.text()).toContain('<svg');
});

test('a problem type leads to its explanation', async () => {
  expect((await operator.open('/problems/self-approval')).text).toContain('Requester and card holder cannot decide');
  expect((await operator.open('/problems/constructor')).status).toBe(404);
});

test('health and metrics are there for programs', async () => {
  const browser = new Browser(app.url);
  expect((await browser.get('/healthz')).json()).toEqual({ status: 'up', parts: {} });
  health = { status: 'down', parts: { engine: { status: 'down', detail: 'no answer' } }, hint: 'Enable one.' };
  const down = await browser.get('/healthz');
  expect([down.status, down.json()]).toEqual([503, health]);
  expect((await browser.get('/metrics')).headers.get('content-type')).toContain('text/plain');
});

test('the description of the interface is served with its address', async () => {
  const document = (await new Browser(app.url).get('/api/v1/openapi.json')).json();
  expect(document).toMatchObject({
    openapi: '3.1.0',
    info: { version: '1.2.3' },
    servers: [{ url: 'http://cards.test/api/v1' }],
  });
});
