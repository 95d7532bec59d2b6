/**
 * Random switches, requests, decisions, productions and crashes on the whole product. The long run: `npm run fuzz:switching`; a
 * seed that fails is repeated by `SWITCHING_FIRST_SEED=<seed> SWITCHING_SEEDS=1 npm test -- test/production/switching/product`.
 */
import { Random } from '../../../bench/lib/random.js';
import { startEngine, type TestEngine } from '../../support/engine.js';
import { eventually } from '../../support/eventually.js';
import { patience } from '../../support/issuing.js';
import { startIssuingProduct, type IssuingProduct } from '../../support/product.js';

const {
  SWITCHING_LONG: long,
  SWITCHING_PRODUCT_SEEDS: seeds = long === undefined ? '1' : '12',
  SWITCHING_FIRST_SEED: firstSeed = '1',
} = process.env;
/** Of one seed. */
const steps = long === undefined ? 90 : 150;
/** The server looks every minute whether the engine offers what is enabled. */
const reconciled = 3 * patience;

/** Its own, for it dies. */
let engine: TestEngine;
let product: IssuingProduct;
let engineRuns = true;
let workerRuns = true;
/** Definition of each request, as it was when the request was first seen. */
const pinned = new Map<string, string>();

beforeAll(async () => {
  engine = await startEngine();
  product = await startIssuingProduct({}, { engine });
}, 180_000);
afterAll(async () => {
  await product?.stop();
  await engine?.stop();
}, 60_000);

const text = (value: string) => ({ value, type: 'String' });
const switches = [
  ['request-card', { enabled: true, variant: 'with-approval' }],
  ['request-card', { enabled: true, variant: 'without-approval' }],
  ['request-card', { enabled: false }],
  ['request-card', { enabled: false }],
  ['issue-card', { enabled: true }],
  ['issue-card', { enabled: true }],
  ['issue-card', { enabled: false }],
  ['issue-multiple-cards', { enabled: true }],
  ['issue-multiple-cards', { enabled: false }],
] as const;

/** What people and machines do; refused steps change nothing. */
const doings: Readonly<Record<string, (random: Random) => Promise<void>>> = {
  switch: async (random) => {
    const [useCase, body] = random.pick(switches);
    await asked('admin', 'PUT', `/use-cases/${useCase}`, body);
  },
  request: async (random) => {
    await asked('operator', 'POST', '/card-requests', { holder: await someHolder(random), cardType: 'visitor' });
    if (engineRuns && workerRuns) await registered();
  },
  decide: async (random) => {
    const waiting = await product.db('card_request').where({ state: 'requested' }).orderBy('id').pluck<string[]>('id');
    if (waiting.length > 0)
      await asked('approver', 'POST', `/card-requests/${random.pick(waiting)}/decision`, {
        decision: random.pick(['approve', 'approve', 'reject']),
        reason: 'at random',
      });
  },
  produce: async (random) => {
    const cards = await product
      .db('card')
      .whereIn('state', ['approved', 'failed', 'requested'])
      .orderBy('id')
      .pluck<string[]>('id');
    if (cards.length > 0) await asked('producer', 'POST', `/cards/${random.pick(cards)}/production`);
  },
  // Past the door, with everything that it would have added.
  'issue directly': async (random) => {
    if (!engineRuns) return;
    const known = await product
      .db('process_version')
      .where({ process_key: 'issue-card-directly' })
      .first<{ version: number }>('version');
    const holder = await someHolder(random);
    const variables = {
      action: text('next'),
      holder: text(holder),
      cardType: text('visitor'),
      placed: text('no'),
      variantKey: text('issue-card-directly'),
      variantVersion: { value: known.version, type: 'Integer' },
    };
    const open = await product.engine.call<{ id: string }[]>({
      user: 'producer',
      path: '/task',
      query: { taskDefinitionKey: 'choose-issuable' },
    });
    if (open.length < 4)
      await product.engine.call({
        user: 'card-server',
        method: 'POST',
        path: '/process-definition/key/issue-card/start',
        body: { variables: { query: text('e'), starter: text('producer') } },
      });
    if (open.length > 0)
      await product.engine.call({
        user: 'producer',
        method: 'POST',
        path: `/task/${random.pick(open).id}/complete`,
        body: { variables },
      });
  },
  // What is asked for meanwhile waits, or is refused.
  'the worker dies': async (random) => {
    await product.stopWorker();
    workerRuns = false;
    for (const name of ['switch', 'request', 'decide']) await doings[name]?.(random);
    await product.startWorker();
    workerRuns = true;
  },
  'the engine dies': async (random) => {
    engineRuns = false;
    await engine.stopProcess('SIGKILL');
    for (const name of ['switch', 'produce', 'switch', 'request']) await doings[name]?.(random);
    await engine.startProcess();
    engineRuns = true;
  },
};
/** A card with an approval and one without, so that there is something to judge in every draw. */
async function bothWays(random: Random): Promise<void> {
  await asked('admin', 'PUT', '/use-cases/request-card', { enabled: true, variant: 'with-approval' });
  await eventually('an approved card is ordered', reconciled, async () => {
    for (const name of ['request', 'decide', 'produce']) await doings[name]?.(random);
    return (await orders()).some(({ approved, enabled }) => approved && enabled);
  });
  await asked('admin', 'PUT', '/use-cases/request-card', { enabled: false });
  await eventually('a card is ordered directly', reconciled, async () => {
    await doings['issue directly']?.(random);
    return (await orders()).some(({ approved }) => !approved);
  });
}

/** How often each is drawn: crashes are rarer than work. */
const often: Readonly<Record<string, number>> = {
  switch: 5,
  request: 6,
  decide: 6,
  produce: 5,
  'issue directly': 10,
  'the worker dies': 1,
  'the engine dies': 1,
};
const drawn = Object.entries(often).flatMap(([name, times]) => Array<string>(times).fill(name));

async function asked(account: string, method: string, path: string, body?: unknown): Promise<void> {
  const { status } = await product.call(account, method, path, body);
  if (status >= 500 && engineRuns) throw new Error(`${method} ${path} was answered with ${status}`);
}

async function registered(): Promise<void> {
  await eventually(
    'every request is registered or refused',
    reconciled,
    async () => (await product.db('card_request').where({ state: 'registered' })).length === 0,
  );
}

async function someHolder(random: Random): Promise<string> {
  return random.pick(
    await product.db('holder').where({ state: 'active', account: null }).orderBy('id').limit(25).pluck<string[]>('id'),
  );
}

async function pinRequests(): Promise<string[]> {
  const rows = await product
    .db('card_request')
    .select<{ id: string; definition: string }[]>({ id: 'id', definition: 'definition_id' });
  const moved = rows.filter(({ id, definition }) => (pinned.get(id) ?? definition) !== definition);
  for (const { id, definition } of rows) pinned.set(id, pinned.get(id) ?? definition);
  return moved.map(({ id }) => `request ${id} has changed its variant`);
}

interface Ordered {
  readonly card: string;
  readonly approved: boolean;
  /** Whether Request card was enabled then. */
  readonly enabled: boolean;
}

/** By the audit log, whose rows come in the order of their commits for everything that locks the same use case. */
async function orders(): Promise<Ordered[]> {
  const { rows } = await product.db.raw<{ rows: Ordered[] }>(
    `select a.object_id as card, exists (select from card_request r where r.card_id = cast(a.object_id as uuid) and r.state = 'approved') as approved,
       coalesce((select s.to_state = 'enabled' from audit s where s.action = 'use-case-changed' and s.object_id = 'request-card' and s.id < a.id order by s.id desc limit 1), false) as enabled
     from audit a where a.action = 'card-ordered'`,
  );
  return rows;
}

async function offered(account: string): Promise<string[]> {
  const query = { latestVersion: true, startablePermissionCheck: true, active: true };
  const definitions = await product.engine.call<{ key: string }[]>({
    user: account,
    path: '/process-definition',
    query,
  });
  return definitions.map(({ key }) => key).sort();
}

async function desired(account: 'operator' | 'producer'): Promise<string[]> {
  const processes = {
    operator: {
      'request-card': ['request-card', 'abort-card-request'],
      'request-multiple-cards': ['request-multiple-cards'],
    },
    producer: { 'issue-card': ['issue-card'], 'issue-multiple-cards': ['issue-multiple-cards'] },
  }[account];
  const enabled = new Set(await product.db('use_case').where({ enabled: true }).pluck<string[]>('id'));
  return Object.entries(processes)
    .flatMap(([useCase, keys]) => (enabled.has(useCase) ? keys : []))
    .sort();
}

async function judgeOffers(): Promise<void> {
  for (const account of ['operator', 'producer'] as const) {
    await eventually(
      `${account} can start what is enabled`,
      reconciled,
      async () => JSON.stringify(await offered(account)) === JSON.stringify(await desired(account)),
    );
  }
}

/** Each use case on and off, since what is drawn may leave one of them as it was at first. */
async function judgeOnAndOff(): Promise<void> {
  const on = [
    ['request-card', { enabled: true, variant: 'with-approval' }],
    ['issue-card', { enabled: true }],
    ['issue-multiple-cards', { enabled: true }],
  ] as const;
  for (const off of [[], ['issue-card', 'issue-multiple-cards'], ['request-card']]) {
    for (const [useCase, body] of on)
      expect((await product.call('admin', 'PUT', `/use-cases/${useCase}`, body)).status).toBe(200);
    for (const useCase of off)
      expect((await product.call('admin', 'PUT', `/use-cases/${useCase}`, { enabled: false })).status).toBe(200);
    await judgeOffers();
  }
}

test.each(Array.from({ length: Number(seeds) }, (_, at) => Number(firstSeed) + at))(
  'after every step, people can start what is enabled, and nothing else (seed %i)',
  async (seed) => {
    const random = new Random(seed);
    const trail: string[] = [];
    try {
      await asked('admin', 'PUT', '/use-cases/issue-card', { enabled: true });
      await bothWays(random);
      for (let step = 0; step < steps; step += 1) {
        const name = random.pick(drawn);
        trail.push(name);
        await doings[name]?.(random);
        expect(await pinRequests()).toEqual([]);
      }
      await judgeOffers();
      await registered();
      expect(await pinRequests()).toEqual([]);
      await judgeOnAndOff();
      const direct = (await orders()).filter(({ approved }) => !approved);
      expect(direct.filter(({ enabled }) => enabled)).toEqual([]);
      process.stdout.write(
        `seed ${seed}: ${pinned.size} requests, ${(await orders()).length} cards ordered, ${direct.length} of them directly, ${trail.filter((name) => name.endsWith('dies')).length} crashes\n`,
      );
    } catch (cause) {
      throw new Error(`seed ${seed}, after: ${trail.join(', ')}`, { cause });
    }
  },
  10 * 60_000,
);

test('cards were ordered both ways, so that there was something to judge', async () => {
  const all = await orders();
  expect(new Set(all.map(({ approved }) => approved))).toEqual(new Set([true, false]));
  expect(new Set(all.map(({ enabled }) => enabled))).toEqual(new Set([true, false]));
});
