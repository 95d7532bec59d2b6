import { faultNames, Faults } from '../../print-shop/faults.js';
import {
  AnswerLost,
  BackendBusy,
  orderKeyText,
  type ProductionBackend,
  type Report,
} from '../../src/production/backends/backend.js';
import type { Result } from '../../src/production/backends/http/contract.js';
import { httpBackend } from '../../src/production/backends/http/http-backend.js';
import type { CardJob } from '../../src/cards/card-job.js';
import { sampleJob } from '../production/backends/card-job.js';
import { PrintShopProcess, type PrintShopOptions } from '../../bench/lib/print-shop-process.js';
import { Recorder } from '../production/backends/recorder.js';
import { eventually } from '../support/eventually.js';

const never = new AbortController().signal;
const patience = 30_000;
let shop: PrintShopProcess;
let client: Recorder;

afterEach(async () => {
  await shop.stop();
  await client.close();
});

async function open(options: PrintShopOptions = {}): Promise<ProductionBackend> {
  client = await new Recorder(null).open();
  shop = await PrintShopProcess.start({ webhookUrl: `${client.url}/hook`, ...options });
  return httpBackend({ id: 'shop', settings: { url: shop.url, publicKey: shop.publicKey } }, { token: shop.token });
}

async function order(backend: ProductionBackend, changes: Partial<CardJob> = {}) {
  const job = sampleJob(changes);
  const card = { cardId: job.cardId, number: job.number, body: await backend.prepare(job) };
  await backend.submit([card], never);
  return { ...card, orderId: null };
}

const told = () => client.exchanges.map(({ requestBody }) => requestBody as Result);
const toldOf = (card: { cardId: string; number: number }) =>
  told().filter((result) => result.order.key === orderKeyText(card));

describe('results', () => {
  test('are reported until they are acknowledged, also after a kill -9', async () => {
    const backend = await open({ script: { cardMs: 0 } });
    await client.close();
    const card = await order(backend);
    await eventually('it is made', patience, async () => (await shop.ledger()).cards.length === 1);
    await shop.kill();
    await client.open();
    await shop.start();
    await eventually('it is reported', patience, () => toldOf(card).length === 1);
    await eventually('it is noted', patience, async () => (await shop.journal()).includes('"acknowledged"'));
    await shop.kill();
    await shop.start();
    const later = await order(backend);
    await eventually('the next one is reported', patience, () => toldOf(later).length === 1);
    expect(toldOf(card)).toHaveLength(1);
  });

  test('may be reported twice, in disorder, or not at all', async () => {
    const backend = await open();
    await shop.play('duplicate');
    const twice = await order(backend);
    await eventually('it is reported twice', patience, () => toldOf(twice).length === 2);
    expect(toldOf(twice)[0]).toEqual(toldOf(twice)[1]);

    await shop.play('out-of-order');
    const mixed = await order(backend);
    await eventually('older news come', patience, () => toldOf(mixed).length === 2);
    expect(toldOf(mixed).map((result) => result.order.state)).toEqual(['produced', 'accepted']);

    await shop.play('silent');
    const silent = await order(backend);
    const after = await order(backend);
    await eventually('the one after it is reported', patience, () => toldOf(after).length === 1);
    expect(toldOf(silent)).toEqual([]);
    expect(await backend.ask([silent], never)).toMatchObject([{ state: 'produced' }]);
  });

  test('can be fetched instead, and what comes after a cursor acknowledges what came before', async () => {
    const backend = await open({ script: { faults: { silent: 1 } } });
    const [one, two] = [await order(backend), await order(backend)];
    await eventually('both are made', patience, async () => (await shop.ledger()).cards.length === 2);
    const page = async (after: string) => {
      const answer = await fetch(`${shop.url}/results?after=${after}`, {
        headers: { authorization: `Bearer ${shop.token}` },
      });
      return (await answer.json()) as { results: Result[]; next: string };
    };
    const first = await page('0');
    expect(first.results.map((result) => result.order.key)).toEqual([one, two].map(orderKeyText));
    expect(await page(first.next)).toEqual({ results: [], next: first.next });
    expect(await page('0')).toEqual({ results: [], next: first.next });
  });
});

test('a slow card takes its time, and one without a ribbon waits for the next', async () => {
  const backend = await open({ script: { ribbonChangeMs: 300 } });
  await shop.play('slow');
  const slow = await order(backend);
  expect(await backend.ask([slow], never)).toMatchObject([{ state: 'accepted', message: null }]);
  await shop.play('ribbon-end');
  const waits = await order(backend);
  expect(await backend.ask([waits], never)).toMatchObject([
    { state: 'accepted', message: expect.stringContaining('ribbon') },
  ]);
  for (const card of [slow, waits])
    await eventually('it is made', patience, async () => (await backend.ask([card], never))[0]?.state === 'produced');
});

test('a ribbon has an end', async () => {
  const backend = await open({ script: { ribbonCards: 2, ribbonChangeMs: null } });
  const cards = [await order(backend), await order(backend), await order(backend)];
  await eventually('it is used up', patience, async () => (await backend.status(never)).condition === 'paused');
  expect((await shop.ledger()).cards).toHaveLength(2);
  await shop.play('new-ribbon');
  await eventually('all are made', patience, async () => (await shop.ledger()).cards.length === cards.length);
});

test('a careless shop makes a card for each order that it receives', async () => {
  const backend = await open({ script: { honoursKeys: false } });
  const card = await order(backend);
  const again = await backend.submit([card], never);
  expect(again).toMatchObject([{ outcome: 'accepted' }]);
  await eventually('there are two cards', patience, async () => {
    const { cards } = await shop.ledger();
    return cards.filter(({ key }) => key === orderKeyText(card)).length === 2;
  });
});

test('the same seed plays the same faults', () => {
  const play = (run: string) => {
    const faults = new Faults(Object.fromEntries(faultNames.map((name) => [name, 0.3])), run);
    return Array.from({ length: 200 }, (_each, n) => faultNames.filter((name) => faults.strikes(name, `card ${n}`)));
  };
  expect(play('1/1')).toEqual(play('1/1'));
  expect(play('1/1')).not.toEqual(play('1/2'));
  const share = play('7/1').flat().length / (200 * faultNames.length);
  expect(share).toBeGreaterThan(0.25);
  expect(share).toBeLessThan(0.35);
});

/** Brings one card through as a client does that keeps no ledger but asks before it sends again. */
async function bringThrough(backend: ProductionBackend, job: CardJob): Promise<Report> {
  const card = { cardId: job.cardId, number: job.number, body: await backend.prepare(job) };
  return eventually(`${orderKeyText(job)} has ended`, 120_000, async () => {
    const [known] = await backend.ask([{ ...card, orderId: null }], never);
    if (known?.state === 'not-known') {
      const [answer] = await backend.submit([card], never);
      if (answer?.outcome === 'refused')
        return {
          cardId: job.cardId,
          number: 1,
          state: 'failed',
          orderId: null,
          code: answer.code,
          reason: answer.reason,
        };
    }
    return known === undefined || known.state === 'not-known' || known.state === 'accepted' ? null : known;
  });
}

test('with every fault and many a kill -9, no card is made twice and none is lost', async () => {
  const cards = 120;
  const faults = Object.fromEntries(faultNames.map((name) => [name, name === 'restart' ? 0.05 : 0.1]));
  const backend = await open({ script: { seed: 5, faults, ribbonChangeMs: 50 } });
  const jobs = Array.from({ length: cards }, () => sampleJob({ chip: true }));
  let done = false;
  let kills = 0;
  const revive = (async () => {
    while (!done) {
      await eventually('it ends or all is done', 240_000, () => done || !shop.running);
      if (done) return;
      kills += 1;
      await shop.start().catch(() => undefined);
    }
  })();
  const endings: Report[] = [];
  const queue = [...jobs];
  const bring = async () => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift())
      endings.push(await bringThrough(backend, job));
  };
  await Promise.all(Array.from({ length: 8 }, bring));
  await eventually(
    'all results are reported, except the silent ones',
    60_000,
    async () => (await shop.ledger()).waiting.length === 0,
  );
  done = true;
  await revive;

  const { cards: made, notMade } = await shop.ledger();
  const count = (key: string) => made.filter((card) => card.key === key).length;
  for (const ending of endings)
    expect([orderKeyText(ending), count(orderKeyText(ending))]).toEqual([
      orderKeyText(ending),
      ending.state === 'produced' ? 1 : 0,
    ]);
  expect(endings).toHaveLength(cards);
  expect(new Set(made.map(({ serialNumber }) => serialNumber)).size).toBe(made.length);
  expect(made.length).toBeGreaterThan(cards / 2);
  expect(notMade.some(({ why }) => why === 'failed')).toBe(true);
  expect(kills).toBeGreaterThanOrEqual(2);

  // It has seen every PIN and PUK, and keeps none of them anywhere.
  const kept = [
    await shop.journal(),
    shop.output,
    JSON.stringify(await shop.ledger()),
    await (await fetch(shop.url)).text(),
    JSON.stringify(told()),
  ].join();
  for (const { secrets } of jobs) {
    expect(kept).not.toContain(secrets?.puk);
    expect(kept).not.toMatch(new RegExp(`\\b${secrets?.pin}\\b`));
  }
  expect(made.every(({ secrets }) => secrets === 'PIN received: 6 digits, PUK received: 8 digits')).toBe(true);
}, 300_000);

test('an order is on disk before it is accepted', async () => {
  const backend = await open({ script: { cardMs: 60_000 } });
  const first = await order(backend);
  await shop.kill();
  const lines = await shop.journal();
  expect(lines).toContain(`"key":"${orderKeyText(first)}"`);
  await shop.start();
  expect(await backend.ask([first], never)).toMatchObject([{ state: 'accepted' }]);
});

test('buttons are for people on this machine: other sites and other names are turned away', async () => {
  await open();
  const play = (headers: Record<string, string>) =>
    fetch(`${shop.url}/play`, {
      method: 'POST',
      body: new URLSearchParams({ what: 'jam' }),
      headers,
      redirect: 'manual',
    });
  expect((await play({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  expect((await play({ 'sec-fetch-site': 'same-site' })).status).toBe(403);
  expect((await play({ 'sec-fetch-site': 'same-origin' })).status).toBe(303);
  // A browser without that header.
  for (const origin of ['https://evil.example', 'null', `${shop.url}1`])
    expect((await play({ origin })).status).toBe(403);
  expect((await play({ origin: shop.url })).status).toBe(303);
  expect(
    (await fetch(`${shop.url}/play`, { method: 'POST', body: new URLSearchParams({ what: 'flood' }) })).status,
  ).toBe(400);
});

test('busy and lost answers are reported by kind', async () => {
  const backend = await open();
  const job = sampleJob();
  const card = { cardId: job.cardId, number: 1, body: await backend.prepare(job) };
  await shop.play('busy');
  await expect(backend.submit([card], never)).rejects.toBeInstanceOf(BackendBusy);
  await shop.play('answer-lost');
  await expect(backend.submit([card], never)).rejects.toBeInstanceOf(AnswerLost);
});
