/**
 * Nobody approves a card of their own, in any order in which accounts are imported, requests registered, looked at and decided.
 */
import type { Knex } from '../../src/kernel/db/database.js';
import { isProductError } from '../../src/kernel/errors.js';
import { importHolders } from '../../src/directory/holders/holder-import.js';
import { recordDecision } from '../../src/requests/request-decision.js';
import { seededRandom } from '../../bench/lib/random.js';
import { choose, installed } from '../fixtures/installation.js';
import { decisionRow, proofOf, register, seenContent, type RegisteredRequest } from '../fixtures/requests.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let db: Knex;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.knex;
});
beforeEach(async () => {
  await database.clear();
  await installed(db);
  await choose(db, 'with-approval');
});
afterAll(() => database.drop());

const people = ['ann', 'bob', 'cem'] as const;
const header = 'employee_number;given_name;family_name;email;upn;department;state;account';

/** Gives the holder another account, or none. */
async function importAccount(number: string, account: string): Promise<void> {
  const row = `${number};A;B;${number}@example.test;${number}@example.test;X;active;${account}`;
  await db.transaction((trx) =>
    importHolders(trx, Buffer.from(`${header}\n${row}\n`), {
      actor: 'admin',
      dryRun: false,
      accounts: { known: async () => new Set<string>(people) },
    }),
  );
}

const holderOf = async (number: string) =>
  (await db('holder').where({ employee_number: number }).first<{ id: string }>('id')).id;

/** @returns why not, or null where it is on record */
async function approve(request: RegisteredRequest, user: string, seen: string): Promise<string | null> {
  const decision = { ...request, cause: 'approver', decision: 'approve', reason: null, proof: proofOf(user) } as const;
  try {
    await db.transaction((trx) => recordDecision(trx, { ...decision, seenContent: seen }));
    return null;
  } catch (raw) {
    if (!isProductError(raw)) throw raw;
    return raw.code;
  }
}

describe('by each way of its account', () => {
  it.each([
    ['it is there before', ['ann'], []],
    ['it comes while the request waits', [''], ['ann']],
    ['it goes while the request waits', ['ann'], ['']],
    ['it becomes another', ['ann'], ['bob']],
    ['it comes and goes', [''], ['ann', '']],
  ])('%s', async (_what, before, after) => {
    for (const account of before) await importAccount('E1', account);
    const request = await register(db, { holder: await holderOf('E1') });
    for (const account of after) await importAccount('E1', account);
    const seen = await seenContent(db, request.requestId);
    expect(await approve(request, 'ann', seen)).toBe('self-approval');
    for (const approver of ['ann', 'ANN', 'a\u200bnn']) {
      await expect(db('decision').insert(decisionRow(request.requestId, { approver }))).rejects.toMatchObject({
        constraint: 'decision_not_by_holder',
      });
    }
    expect(await approve(request, 'cem', seen)).toBeNull();
    const [decided] = await db('decision').select('holder_accounts');
    expect(decided).toEqual({ holder_accounts: [...before.slice(-1), ...after].map((account) => account || null) });
    const [row] = await db('audit')
      .where({ action: 'request-approved', object_type: 'card-request' })
      .select('details');
    expect(row.details.holderAccounts).toEqual(decided.holder_accounts);
  });
});

it('an approver who looked before the account changed has to look again', async () => {
  await importAccount('E1', 'ann');
  const request = await register(db, { holder: await holderOf('E1') });
  const seen = await seenContent(db, request.requestId);
  await importAccount('E1', 'bob');
  expect(await approve(request, 'cem', seen)).toBe('request-outdated');
  expect(await db('mail').where({ to_group: 'card-admins' }).select('subject', 'body')).toEqual([
    {
      subject: 'Accounts of card holders were changed while requests wait (1)',
      body: expect.stringContaining(`Request ${request.requestId}: ann → bob`),
    },
  ]);
});

it('and in any other order', async () => {
  const seed = Number(process.env['OWN_CARD_SEED'] ?? 1);
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const outcomes = new Map<string, number>();
  for (let round = 0; round < 60; round += 1) {
    const number = `R${round}`;
    // An account belongs to one holder.
    await db('holder').update({ account: null });
    let account = pick(['', ...people]);
    await importAccount(number, account);
    const holder = await holderOf(number);
    const since = new Set<string>();
    let request: Awaited<ReturnType<typeof register>> | null = null;
    let seen = '';
    const trail = [`import ${account}`];
    for (let step = 0; step < 12; step += 1) {
      const what = pick(['import', 'look', 'approve'] as const);
      if (request === null && what !== 'import') {
        request = await register(db, { holder });
        since.add(account);
        seen = await seenContent(db, request.requestId);
        trail.push('register');
      } else if (what === 'import') {
        account = pick(['', ...people]);
        await importAccount(number, account);
        if (request !== null) since.add(account);
        trail.push(`import ${account}`);
      } else if (what === 'look' && request !== null) {
        seen = await seenContent(db, request.requestId);
        trail.push('look');
      } else if (request !== null) {
        const user = pick(people);
        const refused = await approve(request, user, seen);
        trail.push(`approve ${user}: ${refused ?? 'approved'}`);
        outcomes.set(refused ?? 'approved', (outcomes.get(refused ?? 'approved') ?? 0) + 1);
        if (refused !== null) continue;
        expect({ seed, trail, own: since.has(user) }).toEqual({ seed, trail, own: false });
        break;
      }
    }
  }
  expect([...outcomes.keys()].sort()).toEqual(['approved', 'request-outdated', 'self-approval']);
}, 120_000);
