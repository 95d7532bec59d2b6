import { randomUUID } from 'node:crypto';
import type { Knex } from '../../src/kernel/db/database.js';
import { cardPages } from '../../src/production/issuing/card-pages.js';
import { storeShippedLayouts } from '../../src/cards/layouts/layout-store.js';
import { pin, producedCard, puk } from '../fixtures/card-secrets.js';
import { cardState } from '../fixtures/cards.js';
import { issuing } from '../fixtures/installation.js';
import { ordered, say } from '../fixtures/productions.js';
import { approvedCards } from '../fixtures/requests.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { lentEngine } from '../support/engine.js';
import { startApp, STARTUP, type TestApp } from './support/app.js';
import { Browser } from './support/browser.js';
import { pauseBackend } from '../fixtures/backends.js';

let database: TestDatabase;
let db: Knex;
let app: TestApp;
let accounts: Record<'producer' | 'admin' | 'operator' | 'approver', string>;
let producer: Browser;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.knex;
  app = await startApp(await lentEngine(), { db, pages: cardPages(db) });
  const roles = ['producer', 'admin', 'operator', 'approver'] as const;
  const made = await Promise.all(roles.map(async (role) => [role, await app.account(role)] as const));
  accounts = Object.fromEntries(made) as typeof accounts;
}, STARTUP);

beforeEach(async () => {
  await database.clear();
  await issuing(db);
  await db.transaction((trx) => storeShippedLayouts(trx));
  await db('card_type').update({ layout: db.ref('id') });
  producer = await signedIn('producer');
});

afterAll(async () => {
  await app?.close();
  await database?.drop();
});

async function signedIn(who: keyof typeof accounts): Promise<Browser> {
  const person = new Browser(app.url);
  expect((await person.signIn(accounts[who])).status).toBe(303);
  return person;
}

const post = (
  id: string,
  action: string,
  form: Record<string, string> = {},
  person = producer,
  headers: Record<string, string> = {},
) =>
  person.request('POST', `/cards/${id}/${action}`, {
    form,
    headers: { accept: 'text/html', 'sec-fetch-dest': 'document', ...headers },
  });
const shown = (page: string) => [...page.matchAll(/href="\/cards\/([0-9a-f-]{36})"/g)].map(([, id]) => id);

describe('the list', () => {
  it('says that there is no card, or that none matches', async () => {
    const { status, text } = await producer.open('/cards');
    expect(status).toBe(200);
    expect(text).toContain('There is no card yet.');
    expect((await producer.open('/cards?state=failed')).text).toContain('No card matches.');
    const { text: none } = await producer.open('/cards?q=%22%3E%3Cb%3E');
    expect(none).toContain('value="&quot;&gt;&lt;b&gt;"');
    expect(none).not.toContain('"><b>');
    for (const query of ['state=nonsense', 'cursor=nonsense'])
      expect((await producer.open(`/cards?${query}`)).status).toBe(400);
  });

  it('says that Issue card is disabled', async () => {
    await db('use_case').where({ id: 'issue-card' }).update({ enabled: false });
    expect((await producer.open('/cards')).text).toContain('Issue card is disabled at present');
  });

  it('shows cards newest first, page by page, by state, card type and words', async () => {
    const cards = await approvedCards(db, 21);
    const [other] = await approvedCards(db, 1, { cardType: 'employee' });
    const { text } = await producer.open('/cards');
    expect(shown(text)).toHaveLength(20);
    const older = /href="([^"]*cursor=[^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect([...shown(text), ...shown((await producer.open(older)).text)].sort()).toEqual([...cards, other].sort());
    expect(shown((await producer.open('/cards?type=employee')).text)).toEqual([other]);
    expect(shown((await producer.open('/cards?state=issued')).text)).toEqual([]);
    await db('holder')
      .whereIn('id', db('card').where({ id: other }).select('holder_id'))
      .update({ family_name: 'O’Unmistakable' });
    expect(shown((await producer.open('/cards?q=unmistak')).text)).toEqual([other]);
  });

  it('names a backend that makes no cards', async () => {
    await pauseBackend(db, 'shop', 'The <ribbon> has ended');
    expect((await producer.open('/cards')).text).toContain('Test shop has stopped: The &lt;ribbon&gt; has ended.');
  });

  it('is for production operators and administrators', async () => {
    const [card] = await approvedCards(db, 1);
    const admin = await signedIn('admin');
    for (const person of [producer, admin]) expect((await person.open('/')).text).toContain('href="/cards"');
    for (const path of ['/cards', `/cards/${card}`]) {
      expect((await admin.open(path)).status).toBe(200);
      for (const who of ['operator', 'approver'] as const)
        expect((await (await signedIn(who)).open(path)).status).toBe(403);
      expect((await new Browser(app.url).open(path)).headers.get('location')).toBe(
        `/sign-in?next=${encodeURIComponent(path)}`,
      );
    }
    expect((await (await signedIn('operator')).open('/')).text).not.toContain('href="/cards"');
  });
});

describe('one card', () => {
  it('is not found by an id that nothing has', async () => {
    for (const id of [randomUUID(), 'no-id']) {
      const { status, text } = await producer.open(`/cards/${id}`);
      expect([status, text.includes('There is no such card.')]).toEqual([404, true]);
      expect((await post(id, 'issue')).status).toBe(404);
    }
  });

  it('shows what was written as text', async () => {
    const { cardId } = await ordered(db);
    await say(db, [cardId], 'failed', '<img src=x onerror=alert(1)>');
    await db('holder').update({ family_name: '<script>alert(1)</script>', department: '"><i>' });
    const { text } = await producer.open(`/cards/${cardId}?done=%3Cb%3E`);
    expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(text).not.toMatch(/<script|<i>|<img src=x/);
    expect(text).not.toContain('role="status">&lt;');
  });

  it('tells its productions, and never a PIN', async () => {
    const { cardId, cardNumber } = await producedCard(db);
    const { text } = await producer.open(`/cards/${cardId}`);
    expect(text).toContain(cardNumber);
    expect(text).toContain('Productions of this card, oldest first');
    const list = (await producer.open('/cards')).text;
    for (const secret of [pin, puk]) for (const page of [text, list]) expect(page).not.toContain(secret);
  });

  it('says what stands against each action; administrators see none', async () => {
    const [card] = (await approvedCards(db, 1)) as [string];
    const { text } = await producer.open(`/cards/${card}`);
    expect(text).toContain(`action="/cards/${card}/issue"`);
    expect(text).toContain('The card was not produced yet.');
    expect(text).not.toContain(`action="/cards/${card}/spoilt"`);
    const admin = await signedIn('admin');
    expect((await admin.open(`/cards/${card}`)).text).not.toContain('action="/cards/');
    for (const action of ['issue', 'repeat', 'cancel', 'spoilt'])
      expect((await post(card, action, { reason: 'No' }, admin)).status).toBe(403);
    expect(await cardState(db, card)).toBe('approved');
  });
});

describe('what is done about a card', () => {
  it('is ordered once: the second click says that it is being produced', async () => {
    const [card] = (await approvedCards(db, 1)) as [string];
    const answer = await post(card, 'issue');
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/cards/${card}?done=ordered`]);
    expect(await db('engine_command').where({ card_id: card })).toMatchObject([{ kind: 'start' }]);
    expect((await producer.open(`/cards/${card}?done=ordered`)).text).toContain('role="status">The card is ordered.');
    const again = await post(card, 'issue');
    expect([again.status, again.text.includes('role="alert"')]).toEqual([409, true]);
    expect(await db('production_order').where({ card_id: card })).toHaveLength(1);
  });

  it('is tried again, cancelled with a reason, or declared spoilt with one', async () => {
    const { cardId } = await ordered(db);
    await say(db, [cardId], 'failed');
    expect((await post(cardId, 'repeat', { production: '1' })).headers.get('location')).toBe(
      `/cards/${cardId}?done=ordered`,
    );
    expect((await post(cardId, 'repeat', { production: '1' })).status).toBe(409);
    await say(db, [cardId], 'produced');
    const refused = await post(cardId, 'spoilt', { production: '2', reason: '  ' });
    expect([
      refused.status,
      refused.text.includes('role="alert" id="refusal">Say what is wrong with the card.'),
    ]).toEqual([422, true]);
    expect((await post(cardId, 'spoilt', { production: '2', reason: 'Stripes' })).headers.get('location')).toBe(
      `/cards/${cardId}?done=spoilt`,
    );
    const kept = await post(cardId, 'cancel', { reason: '' });
    expect([kept.status, kept.text.includes('<details class="card" open>')]).toEqual([422, true]);
    expect((await post(cardId, 'cancel', { reason: 'Left' })).headers.get('location')).toBe(
      `/cards/${cardId}?done=cancelled`,
    );
    expect(await cardState(db, cardId)).toBe('cancelled');
  });

  it('is taken from our own page only', async () => {
    const [card] = (await approvedCards(db, 1)) as [string];
    expect(
      (await post(card, 'cancel', { reason: 'Forged' }, producer, { 'sec-fetch-site': 'cross-site' })).status,
    ).toBe(403);
    expect(await cardState(db, card)).toBe('approved');
  });
});
