import { randomUUID } from 'node:crypto';
import type { Knex } from '../../src/kernel/db/database.js';
import { technicalAccounts } from '../../src/domain/roles.js';
import { DeployedDiagrams } from '../../src/engine/diagrams.js';
import { EngineClient } from '../../src/engine/client.js';
import { recordDecision } from '../../src/requests/request-decision.js';
import { requestPages } from '../../src/requests/request-pages.js';
import { reserveRequest } from '../../src/requests/request-registration.js';
import { refuseReservation } from '../../src/requests/request-abort.js';
import { RequestService } from '../../src/requests/request-service.js';
import { RequestTasks } from '../../src/requests/request-tasks.js';
import { addHolder } from '../fixtures/holders.js';
import { choose, installed, variants } from '../fixtures/installation.js';
import { proofOf, register, seenContent } from '../fixtures/requests.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { lentEngine } from '../support/engine.js';
import { startApp, type TestApp } from './support/app.js';
import { Browser } from './support/browser.js';
import { deployTestProcess } from './support/process.js';
import { freePort } from '../../launcher/ports.js';

let database: TestDatabase;
let db: Knex;
let engine: EngineClient;
/** An address where nothing listens. */
let deadEngine: EngineClient;
let app: TestApp;
let appWithoutEngine: TestApp;
let operator: string;
let browser: Browser;

beforeAll(async () => {
  const connection = await lentEngine();
  database = await createTestDatabase();
  db = database.knex;
  engine = new EngineClient(connection.engineUrl, connection.door);
  deadEngine = new EngineClient(`http://127.0.0.1:${await freePort()}`, connection.door);
  app = await startApp(connection, { db, pages: pagesOver(engine) });
  appWithoutEngine = await startApp(connection, { db, pages: pagesOver(deadEngine) });
  operator = await app.account('operator');
});

beforeEach(async () => {
  await database.clear();
  await installed(db);
  await choose(db, 'with-approval');
  browser = await signedIn(operator);
});

afterAll(async () => {
  await app.close();
  await appWithoutEngine.close();
  await engine.close();
  await deadEngine.close();
  await database.drop();
});

function pagesOver(client: EngineClient) {
  const tasks = new RequestTasks(
    db,
    client,
    new DeployedDiagrams(client, technicalAccounts.server),
    technicalAccounts.server,
  );
  return requestPages({ db, tasks, requests: new RequestService(db, tasks) });
}

async function signedIn(account: string, to: TestApp = app): Promise<Browser> {
  const person = new Browser(to.url);
  expect((await person.signIn(account)).status).toBe(303);
  return person;
}

let numbers = 0;

/** A request of the operator that waits for a decision, with the process instance it runs in. */
async function waiting({ requester = operator, processInstanceId = `test-${randomUUID()}` } = {}) {
  const number = `P-${(numbers += 1)}`;
  const holder = await addHolder(db, number);
  const runningIn = { processInstanceId, definitionId: variants.withApproval.definitionId };
  const { requestId } = await register(db, { holder, runningIn, starter: async () => requester });
  return { id: requestId, number, processInstanceId };
}

async function decide(
  { id, processInstanceId }: { id: string; processInstanceId: string },
  decision: 'approve' | 'reject',
  reason: string | null,
) {
  const proof = proofOf('approver', id);
  const seen = await seenContent(db, id);
  await db.transaction((trx) =>
    recordDecision(trx, {
      requestId: id,
      processInstanceId,
      cause: 'approver',
      decision,
      reason,
      proof,
      seenContent: seen,
    }),
  );
}

const stateOf = async (id: string) =>
  await db('card_request').where({ id }).first<{ state: string; reason: string | null }>('state', 'reason');

/** Employee numbers in the order in which a page shows them. */
const shown = (page: string) => [...page.matchAll(/P-\d+(?=<\/span>)/g)].map(([number]) => number);

describe('the list', () => {
  test('says how to request a card to someone who never did', async () => {
    const { status, text } = await browser.open('/my-requests');
    expect(status).toBe(200);
    expect(text).toContain('You have not requested a card yet.');
    expect(text).toContain('href="/camunda/app/tasklist/default/"');
    expect(text).not.toContain('disabled');
  });

  test('says that Request card is disabled', async () => {
    await db('use_case').where({ id: 'request-card' }).update({ enabled: false });
    const { text } = await browser.open('/my-requests');
    expect(text).toContain('Request card is disabled at present');
    expect(text).not.toContain('choose Start process');
  });

  test('shows own requests only, newest first, page by page', async () => {
    const own: string[] = [];
    for (let at = 0; at < 22; at += 1) own.unshift((await waiting()).number);
    await waiting({ requester: 'someone-else' });
    const first = (await browser.open('/my-requests')).text;
    expect(shown(first)).toEqual(own.slice(0, 20));
    expect(first.match(/<time datetime="[^"]+Z">/g)).toHaveLength(20);
    expect(first).not.toContain('Newest');
    const older = /href="(\/my-requests\?[^"]*cursor=[^"]+)"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const second = (await browser.open(older)).text;
    expect(shown(second)).toEqual(own.slice(20));
    expect(second).toContain('Newest');
    expect(second).not.toContain('Older');
  });

  test('is narrowed by state, and says so', async () => {
    const [open, approved] = [await waiting(), await waiting()];
    await decide(approved, 'approve', null);
    const only = async (state: string) => shown((await browser.open(`/my-requests?state=${state}`)).text);
    expect(await only('open')).toEqual([open.number]);
    expect(await only('approved')).toEqual([approved.number]);
    const { text } = await browser.open('/my-requests?state=aborted');
    expect(text).toContain('You have no request in this state.');
    expect(text).toContain('<a href="/my-requests?state=aborted" aria-current="page">');
    expect((await browser.open('/my-requests?state=nonsense')).status).toBe(400);
    expect((await browser.open('/my-requests?cursor=nonsense')).status).toBe(400);
  });

  test('tells where an open request waits, and shows the rest without the engine', async () => {
    const definition = await deployTestProcess(app.engine);
    const { id: processInstanceId } = await engine.call<{ id: string }>({
      user: technicalAccounts.server,
      method: 'POST',
      path: `/process-definition/${definition}/start`,
      body: {},
    });
    const { id } = await waiting({ processInstanceId });
    expect((await browser.open('/my-requests')).text).toContain('At: Decide');
    expect((await browser.open(`/my-requests/${id}`)).text).toContain('<dt>Waits at</dt><dd>Decide</dd>');
    const without = await signedIn(operator, appWithoutEngine);
    for (const path of ['/my-requests', `/my-requests/${id}`]) {
      const { status, text } = await without.open(path);
      expect([status, text.includes('waits for a decision'), text.includes('Decide<')]).toEqual([200, true, false]);
    }
  });

  test('shows what was written as text', async () => {
    await decide(await waiting(), 'reject', '<b>old</b> photo');
    expect((await browser.open('/my-requests')).text).toContain('&lt;b&gt;old&lt;/b&gt; photo');
  });
});

describe('one request', () => {
  test('tells its story: who decided, why, in which variant', async () => {
    const request = await waiting();
    await decide(request, 'reject', 'The photo is old.');
    const { text } = await browser.open(`/my-requests/${request.id}`);
    for (const part of [
      'Rejected by approver',
      'The photo is old.',
      'with-approval, version 1',
      `Sample Person ${request.number}`,
      'Registered',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).toMatch(/<time datetime="\d{4}-\d\d-\d\dT[\d:.]+Z">\d{1,2} \w+ \d{4}, \d\d:\d\d \S+<\/time>/);
    expect(text).not.toContain('Abort request');
  });

  test('tells that the interface asked, and why it was not accepted', async () => {
    await addHolder(db, 'P-refused');
    const { id } = await db.transaction((trx) =>
      reserveRequest(trx, { requester: operator, holder: 'P-refused', cardType: 'visitor', idempotencyKey: null }),
    );
    const open = await browser.open(`/my-requests/${id}`);
    expect(open.text).toContain('being registered');
    expect(open.text).toContain('Abort request');
    await db.transaction((trx) => refuseReservation(trx, id, 'The card holder is inactive.'));
    const { text } = await browser.open(`/my-requests/${id}`);
    for (const part of ['Asked for over the programming interface', 'not accepted', 'The card holder is inactive.'])
      expect(text).toContain(part);
  });

  test('is found by its requester alone', async () => {
    const { id } = await waiting({ requester: 'someone-else' });
    for (const path of [`/my-requests/${id}`, `/my-requests/${randomUUID()}`, '/my-requests/not-an-id']) {
      const { status, text } = await browser.open(path);
      expect([status, text.includes('There is no such request.')]).toEqual([404, true]);
    }
    expect((await browser.request('POST', `/my-requests/${id}/abort`, { form: {} })).status).toBe(404);
    expect(await stateOf(id)).toMatchObject({ state: 'requested' });
  });
});

describe('aborting', () => {
  const abort = (id: string, form: Record<string, string> = {}, headers: Record<string, string> = {}) =>
    browser.request('POST', `/my-requests/${id}/abort`, {
      form,
      headers: { accept: 'text/html', 'sec-fetch-dest': 'document', ...headers },
    });

  test('ends the request with its reason and comes back with a notice', async () => {
    const { id } = await waiting();
    expect((await browser.open(`/my-requests/${id}`)).text).toContain('Abort request');
    const answer = await abort(id, { reason: ' Asked for the wrong person. ' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/my-requests/${id}?done=aborted`]);
    expect(await stateOf(id)).toEqual({ state: 'aborted', reason: 'Asked for the wrong person.' });
    const { text } = await browser.open(`/my-requests/${id}?done=aborted`);
    expect(text).toContain('role="status">The request is aborted.');
    expect(text).toContain('Asked for the wrong person.');
    expect(text).not.toContain('Abort request');
  });

  test('needs no reason', async () => {
    const { id } = await waiting();
    expect((await abort(id, { reason: '' })).status).toBe(303);
    expect(await stateOf(id)).toEqual({ state: 'aborted', reason: null });
  });

  test('comes too late after a decision: the page says so and changes nothing', async () => {
    const request = await waiting();
    await decide(request, 'approve', null);
    const { status, text } = await abort(request.id, { reason: 'Too late' });
    expect(status).toBe(409);
    expect(text).toContain('role="alert"');
    expect(text).toContain('The request is approved already, so it cannot be aborted.');
    expect(await stateOf(request.id)).toMatchObject({ state: 'approved' });
  });

  test('is taken from our own page only', async () => {
    const { id } = await waiting();
    expect((await abort(id, {}, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect(await stateOf(id)).toMatchObject({ state: 'requested' });
  });

  test('no address can put words into a notice', async () => {
    for (const code of ['Call+555', 'constructor', '__proto__', 'toString']) {
      expect((await browser.open(`/my-requests?done=${code}`)).text).not.toContain('role="status"');
    }
  });
});

test('operators find it on the start page; others may not open it', async () => {
  expect((await browser.open('/')).text).toContain('href="/my-requests"');
  const approver = await signedIn(await app.account('approver'));
  expect((await approver.open('/')).text).not.toContain('/my-requests');
  expect((await approver.open('/my-requests')).status).toBe(403);
  const stranger = await new Browser(app.url).open('/my-requests?state=open');
  expect([stranger.status, stranger.headers.get('location')]).toEqual([
    303,
    `/sign-in?next=${encodeURIComponent('/my-requests?state=open')}`,
  ]);
});
