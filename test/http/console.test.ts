import { request, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { readConsoleFiles, type ConsoleFiles } from '../../src/web/console/console-files.js';
import { consoleRoutes } from '../../src/web/console/console-routes.js';
import { lentEngine } from '../support/engine.js';
import { STARTUP, startApp, type TestApp } from './support/app.js';
import { Browser } from './support/browser.js';

const folder = fileURLToPath(new URL('../../dist/console', import.meta.url));

let app: TestApp;
let files: ConsoleFiles;
let admin: Browser;

beforeAll(async () => {
  files = await readConsoleFiles(folder);
  app = await startApp(await lentEngine(), { console: (authenticate) => consoleRoutes(files, authenticate) });
  admin = await arrive('admin');
}, STARTUP);
afterAll(() => app.close());

async function arrive(...roles: Parameters<TestApp['account']>): Promise<Browser> {
  const browser = new Browser(app.url);
  await browser.signIn(await app.account(...roles));
  return browser;
}

/** A file as it travels; `fetch` would decode it. */
async function received(
  path: string,
  coding: string,
): Promise<Pick<IncomingMessage, 'statusCode' | 'headers'> & { body: Buffer }> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request(app.url + path, { headers: { 'accept-encoding': coding } }, resolve)
      .once('error', reject)
      .end();
  });
  return { statusCode: answer.statusCode, headers: answer.headers, body: await buffer(answer) };
}

test.each(['/console', '/console/', '/console/use-cases/request-card?from=1'])(
  '%s is the one page, asked for each time',
  async (path) => {
    const { status, headers, text } = await admin.open(path);
    expect([status, headers.get('cache-control')]).toEqual([200, 'private, no-cache']);
    expect(text).toContain(`src="/console/assets/${files.script}"`);
  },
);

test('its policy lets nothing in that is inline or from elsewhere, and the page obeys it', async () => {
  const { headers, text } = await admin.open('/console');
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'self'");
  expect(policy).not.toMatch(/unsafe|https?:|\*|data:/);
  expect(text).not.toMatch(/<script(?![^>]*src=)|<style|\sstyle=|\son\w+=/);
});

test('whoever is not signed in does so and comes back; others than administrators are told whom to ask', async () => {
  const stranger = await new Browser(app.url).open('/console/audit?actor=admin');
  expect([stranger.status, stranger.headers.get('location')]).toEqual([
    303,
    '/sign-in?next=%2Fconsole%2Faudit%3Factor%3Dadmin',
  ]);
  const operator = await (await arrive('operator')).open('/console/audit');
  expect([operator.status, operator.text.includes('card-admins')]).toEqual([403, true]);
  expect(operator.text).not.toContain('/console/assets/');
});

test('files are kept for good, and sent in the form that the browser reads', async () => {
  const path = `/console/assets/${files.script}`;
  const plain = files.assets.get(files.script)?.plain.toString('utf8');
  const decoders: Record<string, (body: Buffer) => string> = {
    br: (body) => brotliDecompressSync(body).toString('utf8'),
    gzip: (body) => gunzipSync(body).toString('utf8'),
    identity: (body) => body.toString('utf8'),
  };
  for (const [coding, decode] of Object.entries(decoders)) {
    const { statusCode, headers, body } = await received(path, coding);
    expect([statusCode, headers['cache-control'], headers['vary']]).toEqual([
      200,
      'public, max-age=31536000, immutable',
      'Accept-Encoding',
    ]);
    expect([headers['content-encoding'] ?? 'identity', decode(body)]).toEqual([coding, plain]);
    expect(headers['content-type']).toMatch(/javascript/);
  }
});

test('only files of the console are served, whatever the name says', async () => {
  for (const name of ['nothing.js', '..%2fmanifest.json', '%2e%2e%2f%2e%2e%2fpackage.json', 'toString']) {
    expect((await admin.get(`/console/assets/${name}`)).status).toBe(404);
  }
});

test('the start page leads administrators there', async () => {
  expect((await admin.open('/')).text).toContain('href="/console"');
  expect((await (await arrive('operator')).open('/')).text).not.toContain('href="/console"');
});

test('a console that was not built says how to build it', async () => {
  await expect(readConsoleFiles(`${folder}/nowhere`)).rejects.toThrow('npm run build');
});
