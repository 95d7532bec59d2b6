import { randomUUID } from 'node:crypto';
import { BatchTasks } from '../../src/batches/batch-tasks.js';
import { batchRoutes } from '../../src/batches/batch-routes.js';
import { batchPages } from '../../src/batches/pages/batch-pages.js';
import type { Knex } from '../../src/kernel/db/database.js';
import { technicalAccounts } from '../../src/domain/roles.js';
import { EngineClient } from '../../src/engine/client.js';
import { DeployedDiagrams } from '../../src/engine/diagrams.js';
import { RequestTasks } from '../../src/requests/request-tasks.js';
import { draftOf, running, countedBatch } from '../fixtures/batches.js';
import { issuing } from '../fixtures/installation.js';
import { say } from '../fixtures/productions.js';
import { approvedCards } from '../fixtures/requests.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { lentEngine } from '../support/engine.js';
import { startApp, STARTUP, type TestApp } from './support/app.js';
import { Browser } from './support/browser.js';
import { pauseBackend } from '../fixtures/backends.js';
import { freePort } from '../../launcher/ports.js';

let database: TestDatabase;
let db: Knex;
let app: TestApp;
/** An engine that does not answer: pages have to do without its tasks. */
let noEngine: EngineClient;
let accounts: Record<'producer' | 'other' | 'admin' | 'operator', string>;
let producer: Browser;

beforeAll(async () => {
  const connection = await lentEngine();
  database = await createTestDatabase();
  db = database.knex;
  noEngine = new EngineClient(`http://127.0.0.1:${await freePort()}`, connection.door);
  const tasks = new BatchTasks(noEngine, technicalAccounts.server);
  const requestTasks = new RequestTasks(
    db,
    noEngine,
    new DeployedDiagrams(noEngine, technicalAccounts.server),
    technicalAccounts.server,
  );
  app = await startApp(connection, {
    db,
    routes: batchRoutes(db, requestTasks),
    pages: batchPages({ db, tasks, requestTasks }),
  });
  const [one, other, admin, operator] = (await Promise.all(
    (['producer', 'producer', 'admin', 'operator'] as const).map((role) => app.account(role)),
  )) as [string, string, string, string];
  accounts = { producer: one, other, admin, operator };
}, STARTUP);

beforeEach(async () => {
  await database.clear();
  await issuing(db);
  producer = await signedIn('producer');
});

afterAll(async () => {
  await app?.close();
  await noEngine?.close();
  await database?.drop();
});

async function signedIn(who: keyof typeof accounts): Promise<Browser> {
  const person = new Browser(app.url);
  expect((await person.signIn(accounts[who])).status).toBe(303);
  return person;
}

const post = (
  path: string,
  form: Record<string, string> | URLSearchParams = {},
  person = producer,
  headers: Record<string, string> = {},
) =>
  person.request('POST', path, {
    body: new URLSearchParams(form).toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'text/html',
      'sec-fetch-dest': 'document',
      ...headers,
    },
  });
const draft = (cards: readonly string[]) => draftOf(db, cards, accounts.producer);
const rowsOf = async (id: string): Promise<string[]> =>
  (await db('batch_row').where({ batch_id: id }).pluck('card_id')).sort();
const boxes = (page: string) =>
  [...page.matchAll(/<input type="checkbox" name="chosen" value="([^"]+)"[^>]*>/g)].map(([box, id]) => [
    id,
    box.includes(' checked'),
  ]);

/** A batch order in its review: the first card has failed. */
async function reviewing(count = 3): Promise<{ id: string; cards: string[] }> {
  const cards = await approvedCards(db, count);
  const id = await running(db, cards);
  await say(db, cards.slice(1), 'produced');
  await say(db, cards.slice(0, 1), 'failed');
  return { id, cards };
}

describe('the list', () => {
  it('says that there is none, and where to begin', async () => {
    const { status, text } = await producer.open('/batches');
    expect(status).toBe(200);
    expect(text).toContain('There is no batch order yet.');
    expect(text).toContain('href="/camunda/app/tasklist/default/"');
    expect((await producer.open('/batches?state=draft')).text).toContain('You are not putting a batch order together');
    expect((await producer.open('/batches?state=reviewing')).text).toContain('No batch order is in this state.');
    expect((await producer.open('/batches?state=nonsense')).status).toBe(400);
  });

  it('shows batch orders of everyone, newest first, by state and page', async () => {
    const { id } = await reviewing();
    for (let at = 0; at < 21; at += 1) await running(db, await approvedCards(db, 1));
    const { text } = await producer.open('/batches');
    expect(text.match(/href="\/batches\/[0-9a-f-]{36}"/g)).toHaveLength(20);
    expect(text).toContain('Older');
    expect(text).not.toContain(id);
    const { text: toDecide } = await producer.open('/batches?state=reviewing');
    expect(toDecide).toContain(`href="/batches/${id}"`);
    expect(toDecide).toContain('2 of 3 cards produced, 1 failed');
    expect((await producer.open('/batches?state=running')).text).not.toContain(id);
    await post(`/batches/${id}/complete`);
    expect((await producer.open('/batches?state=ended')).text).toContain(id);
  });

  it('shows drafts to whoever makes them', async () => {
    const id = await draft(await approvedCards(db, 2));
    expect((await producer.open('/batches')).text).not.toContain(id);
    expect((await producer.open('/batches?state=draft')).text).toContain(id);
    expect((await (await signedIn('other')).open('/batches?state=draft')).text).not.toContain(id);
  });

  it('is for whoever orders or decides; batch orders of cards to issue are for production operators and administrators', async () => {
    const [admin, operator] = [await signedIn('admin'), await signedIn('operator')];
    for (const person of [producer, admin, operator])
      expect((await person.open('/')).text).toContain('href="/batches"');
    const { id } = await reviewing();
    expect((await operator.open('/batches')).text).toContain('There is no batch order yet.');
    expect((await operator.open(`/batches/${id}`)).status).toBe(404);
    for (const path of ['/batches', `/batches/${id}`]) {
      expect((await admin.open(path)).status).toBe(200);
      expect((await new Browser(app.url).open(path)).headers.get('location')).toBe(
        `/sign-in?next=${encodeURIComponent(path)}`,
      );
    }
  });
});

describe('one batch order', () => {
  it('tells how far it is, refreshes itself while it runs, and stops then', async () => {
    const cards = await approvedCards(db, 4);
    const id = await running(db, cards);
    const before = (await producer.open(`/batches/${id}`)).text;
    expect(before).toContain('<strong>0 of 4 cards done</strong>');
    expect(before).not.toContain('to go at the rate');
    await say(db, cards.slice(0, 1), 'produced');
    const { text, headers } = await producer.open(`/batches/${id}`);
    expect(text).toContain('<progress value="1" max="4"');
    expect(text).toContain('<strong>1 of 4 cards done</strong>, less than a minute to go at the rate of this round');
    expect(text).toContain('data-refresh');
    expect(headers.get('content-security-policy')).toContain("script-src 'self'");
    await say(db, cards.slice(1), 'produced');
    const after = (await producer.open(`/batches/${id}`)).text;
    expect(after).not.toContain('data-refresh');
    expect(after).toContain('Nothing is left to do.');
  });

  it('names the machine that holds it up, and tells no time then', async () => {
    const cards = await approvedCards(db, 2);
    const id = await running(db, cards);
    await say(db, cards.slice(0, 1), 'produced');
    await pauseBackend(db, 'shop', 'The <ribbon> has ended');
    const { text } = await producer.open(`/batches/${id}`);
    expect(text).toContain('Test shop has stopped: The &lt;ribbon&gt; has ended.');
    expect(text).not.toContain('to go at the rate');
    await say(db, cards.slice(1), 'produced');
    expect((await producer.open(`/batches/${id}`)).text).not.toContain('has stopped');
  });

  it('shows each card with its reason, by state and page, and as CSV', async () => {
    const { id, cards } = await reviewing(60);
    const page = (await producer.open(`/batches/${id}`)).text;
    for (const part of [
      'All (60)',
      'Produced (59)',
      'Failed (1)',
      'Card jam',
      `href="/cards/${cards[0]}"`,
      'First failure',
    ])
      expect(page).toContain(part);
    expect(page).not.toContain('Skipped (');
    const next = /href="([^"]*cursor=[^"]+)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect((await producer.open(next)).text.match(/<th scope="row">/g)).toHaveLength(10);
    const failed = (await producer.open(`/batches/${id}?state=failed`)).text;
    expect(failed.match(/<th scope="row">/g)).toHaveLength(1);
    const csv = /href="([^"]*rows\.csv[^"]*)"/.exec(failed)?.[1] ?? '';
    expect((await (await signedIn('admin')).get(csv)).text).toContain(`1,failed,${cards[0]}`);
    expect((await producer.open(`/batches/${id}?state=skipped`)).text).toContain('No card is in this state.');
  });

  it('shows what was written as text, and nothing that is not known', async () => {
    const [card] = await approvedCards(db, 1);
    const id = await running(db, [card ?? '']);
    await db('batch_order').where({ id }).update({ label: '<script>alert(1)</script>' });
    await db('holder').update({ family_name: '"><img src=x>' });
    const { text } = await producer.open(`/batches/${id}?done=%3Cb%3E`);
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).not.toMatch(/<img|<script>alert/);
    expect(text).not.toContain('role="status"');
    for (const path of [
      `/batches/${randomUUID()}`,
      '/batches/not-an-id',
      `/batches/${randomUUID()}/cards`,
      '/batches/not-an-id/cards',
    ]) {
      const answer = await producer.open(path);
      expect([answer.status, answer.text.includes('There is no such batch order.')]).toEqual([404, true]);
    }
  });

  it('shows administrators what happens, and lets them do nothing', async () => {
    const { id } = await reviewing();
    const admin = await signedIn('admin');
    const { text } = await admin.open(`/batches/${id}`);
    expect(text).toContain('1 card failed.');
    expect(text).not.toMatch(/action="\/batches/);
    for (const action of ['repeat', 'complete', 'cancel'])
      expect((await post(`/batches/${id}/${action}`, { reason: 'No' }, admin)).status).toBe(403);
    expect((await countedBatch(db, id)).state).toBe('reviewing');
  });
});

describe('the review', () => {
  it('repeats what has failed, and comes back with a notice', async () => {
    const { id } = await reviewing();
    const answer = await post(`/batches/${id}/repeat`);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/batches/${id}?done=repeated`]);
    expect((await producer.open(`/batches/${id}?done=repeated`)).text).toContain(
      'role="status">The cards are ordered again',
    );
    expect(await countedBatch(db, id)).toMatchObject({ state: 'ordering', round: 2 });
  });

  it('repeats only what is ticked, and asks for a tick first', async () => {
    const cards = await approvedCards(db, 3);
    const id = await running(db, cards);
    await say(db, cards, 'failed');
    expect(
      (await producer.open(`/batches/${id}?state=failed`)).text.match(/type="checkbox" name="card"/g),
    ).toHaveLength(3);
    const refused = await post(`/batches/${id}/repeat`, { picked: 'failed' });
    expect([refused.status, refused.text.includes('role="alert" id="refusal">Tick the cards first.')]).toEqual([
      422,
      true,
    ]);
    expect((await post(`/batches/${id}/repeat`, { picked: 'failed', card: cards[1] ?? '' })).status).toBe(303);
    expect(await db('batch_row').where({ batch_id: id, state: 'chosen' }).pluck('card_id')).toEqual([cards[1]]);
  });

  it('takes badly printed cards along, with what is wrong with them', async () => {
    const { id, cards } = await reviewing();
    const card = cards[1] ?? '';
    const refused = await post(`/batches/${id}/repeat`, { picked: 'produced', card, reason: '  ' });
    expect([refused.status, refused.text.includes('role="alert"')]).toEqual([422, true]);
    expect((await post(`/batches/${id}/repeat`, { picked: 'produced', card, reason: 'Stripes' })).status).toBe(303);
    expect(await db('production_order').where({ card_id: card }).first('spoilt_reason')).toEqual({
      spoilt_reason: 'Stripes',
    });
  });

  it('completes, or cancels with a reason, once', async () => {
    const first = await reviewing();
    expect((await post(`/batches/${first.id}/complete`)).headers.get('location')).toBe(
      `/batches/${first.id}?done=completed`,
    );
    expect((await producer.open(`/batches/${first.id}`)).text).toContain('1 card stayed failed');
    const second = await reviewing();
    const refused = await post(`/batches/${second.id}/cancel`, { reason: '' });
    expect([refused.status, /<details class="card"\s+open>/.test(refused.text)]).toEqual([422, true]);
    expect((await post(`/batches/${second.id}/cancel`, { reason: 'Left' })).headers.get('location')).toBe(
      `/batches/${second.id}?done=cancelled`,
    );
    const late = await post(`/batches/${second.id}/repeat`);
    expect([late.status, late.text.includes('The batch order is completed, so it cannot be repeated.')]).toEqual([
      409,
      true,
    ]);
  });

  it('is taken from our own page only', async () => {
    const { id } = await reviewing();
    expect((await post(`/batches/${id}/complete`, {}, producer, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await countedBatch(db, id)).state).toBe('reviewing');
  });
});

describe('choosing', () => {
  it('shows approved cards with those chosen ticked, and says when there is none', async () => {
    const cards = (await approvedCards(db, 3)) as [string, string, string];
    const id = await draft([cards[1]]);
    const { text } = await producer.open(`/batches/${id}/cards`);
    expect(boxes(text)).toEqual([
      [cards[0], false],
      [cards[1], true],
      [cards[2], false],
    ]);
    expect(text).toContain('<strong>1 card chosen.</strong>');
    expect(text).toMatch(/<noscript\s*><div class="actions"><button>Save/);
    expect((await producer.open(`/batches/${id}/cards?q=nobody-at-all`)).text).toContain('No approved card matches.');
    await db('card').update({ state: 'cancelled' });
    expect((await producer.open(`/batches/${id}/cards`)).text).toContain('There is no approved card at present.');
    expect((await producer.open(`/batches/${id}/cards?before=yesterday`)).status).toBe(400);
  });

  it('keeps what is ticked on the page, and lets alone what is not on it', async () => {
    const cards = (await approvedCards(db, 3)) as [string, string, string];
    const id = await draft([cards[0], cards[2]]);
    const form = new URLSearchParams([
      ['shown', cards[0]],
      ['shown', cards[1]],
      ['chosen', cards[1]],
    ]);
    const answer = await post(`/batches/${id}/cards/tick?department=testing`, form);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/batches/${id}/cards?department=testing`]);
    expect(await rowsOf(id)).toEqual([cards[1], cards[2]].sort());
  });

  it('chooses or leaves all that match, on every page', async () => {
    const nights = await approvedCards(db, 120, { department: 'Night Shift' });
    await approvedCards(db, 2, { department: 'Day Shift' });
    const id = await draft([]);
    const { text } = await producer.open(`/batches/${id}/cards?department=night+shift`);
    expect(boxes(text)).toHaveLength(100);
    expect(text).toContain('Choose all 120 that match');
    expect((await post(`/batches/${id}/cards/choose?department=night+shift`)).status).toBe(303);
    expect(await rowsOf(id)).toEqual([...nights].sort());
    expect((await post(`/batches/${id}/cards/leave?q=person+1`)).status).toBe(303);
    const left = await rowsOf(id);
    expect(left.length).toBeLessThan(120);
    expect(boxes((await producer.open(`/batches/${id}/cards?state=left&department=night+shift`)).text)).toHaveLength(
      120 - left.length,
    );
  });

  it('is the owner alone’s', async () => {
    const cards = await approvedCards(db, 1);
    const id = await draft([]);
    const [other, admin] = [await signedIn('other'), await signedIn('admin')];
    expect([
      (await other.open(`/batches/${id}/cards`)).status,
      (await admin.open(`/batches/${id}/cards`)).status,
    ]).toEqual([404, 403]);
    expect((await post(`/batches/${id}/cards/choose`, {}, other)).status).toBe(404);
    expect(
      (await post(`/batches/${id}/cards/tick`, { shown: cards[0] ?? '', chosen: cards[0] ?? '' }, admin)).status,
    ).toBe(403);
    expect((await other.open(`/batches/${id}`)).text).toContain('is still choosing the cards');
    expect((await producer.open(`/batches/${id}`)).text).toContain(`href="/batches/${id}/cards"`);
    expect(await rowsOf(id)).toEqual([]);
  });

  it('leads on to the batch order once that is ordered', async () => {
    const id = await running(db, await approvedCards(db, 1));
    for (const answer of [await producer.open(`/batches/${id}/cards`), await post(`/batches/${id}/cards/choose`)]) {
      expect([answer.status, answer.headers.get('location')]).toEqual([303, `/batches/${id}`]);
    }
  });
});

it('the script is a file of ours that may be kept, and other pages have none', async () => {
  const { text } = await producer.open(`/batches/${await draft([])}/cards`);
  const script = /<script type="module" src="([^"]+)"><\/script>/.exec(text)?.[1] ?? '';
  const { status, headers } = await producer.get(script);
  expect([status, headers.get('cache-control'), headers.get('content-type')]).toEqual([
    200,
    'public, max-age=31536000, immutable',
    expect.stringContaining('javascript'),
  ]);
  const list = await producer.open('/batches');
  expect(list.text).not.toContain('<script');
  expect(list.headers.get('content-security-policy')).not.toContain('script-src');
});
