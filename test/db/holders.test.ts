import { randomUUID } from 'node:crypto';
import { findHolders, getHolder, resolveHolder } from '../../src/directory/holders/holder-service.js';
import { listHolders } from '../../src/directory/holders/holder-store.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { holderRow, type NewHolder } from '../fixtures/holders.js';

let database: TestDatabase;

const add = (...people: (NewHolder & { readonly number: string })[]) =>
  database.knex('holder').insert(people.map(({ number, ...more }) => holderRow(number, more)));

const numbers = async (query: string, options = {}) =>
  (await findHolders(database.knex, query, options)).holders.map((holder) => holder.employeeNumber);

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await database.clear();
  await add(
    {
      number: 'E100',
      givenName: 'Ada',
      familyName: 'Example',
      email: 'Ada.Example@example.org',
      upn: 'adae@corp.example.org',
    },
    { number: 'E1001', givenName: 'Adam', familyName: 'Exemplar' },
    { number: 'E200', givenName: 'Example', familyName: 'Ada', state: 'inactive' },
    { number: 'E300', givenName: 'Zoë', familyName: 'Müller-Demo' },
    { number: 'E_4', givenName: '100%', familyName: 'Back\\slash' },
  );
});
afterAll(() => database.drop());

describe('finding', () => {
  test.each([
    ['an employee number, exact ones first', 'e100', ['E100', 'E1001']],
    ['an e-mail in any case', 'ADA.EXAMPLE@EXAMPLE.ORG', ['E100']],
    ['a UPN', 'adae@corp.example.org', ['E100']],
    ['given and family name', 'Ada Example', ['E200', 'E100']],
    ['family and given name with a comma', 'exam, ada', ['E200', 'E100']],
    ['parts of names in any order', 'exem ada', ['E1001']],
    ['letters with accents', 'ZOË müller', ['E300']],
    ['letters and accents that come apart', 'zoe\u0308', ['E300']],
    ['the name of an address but not its domain', 'corp', []],
    ['an address with a part of its domain', 'adae@corp', ['E100']],
    ['nothing of what it does not know', 'nobody', []],
    ['no words', '  , ', []],
  ])('by %s', async (_, query, expected) => {
    expect(await numbers(query)).toEqual(expected);
  });

  test.each([
    ['_4', ['E_4']],
    ['100%', ['E_4']],
    ['k\\s', ['E_4']],
    ['%', ['E_4']],
    [`'; drop table holder; --`, []],
  ])('takes %s as text', async (query, expected) => {
    expect(await numbers(query)).toEqual(expected);
  });

  test('only holders in one state', async () => {
    expect(await numbers('ada', { state: 'inactive' })).toEqual(['E200']);
  });

  test('says how many there are beyond those it shows', async () => {
    await add(
      ...Array.from({ length: 60 }, (_, at) => ({ number: `M${at}`, givenName: 'Many', familyName: `Sample${at}` })),
    );
    const { holders, total } = await findHolders(database.knex, 'many', { limit: 500 });
    expect([holders.length, total]).toEqual([50, 60]);
    expect((await findHolders(database.knex, 'many', { limit: 3 })).holders).toHaveLength(3);
  });

  test('uses the trigram index once there are many', async () => {
    await database.knex.raw(`
      insert into holder (id, employee_number, given_name, family_name, email, upn, state)
      select gen_random_uuid(), 'B' || n, 'Given' || n, 'Family' || n, n || '@example.org', n || '@corp.example.org', 'active'
      from generate_series(1, 20000) n`);
    // An index with a long list of pending entries looks dear to the planner: vacuum merges it, as autovacuum would.
    await database.knex.raw('vacuum analyze holder');
    const { rows } = await database.knex.raw<{ rows: Record<string, string>[] }>(
      `explain select * from holder where search like lower('%family777%') and search like lower('%given%')`,
    );
    expect(JSON.stringify(rows)).toContain('holder_search');
    expect((await findHolders(database.knex, 'family777 given')).total).toBe(11);
  });
});

describe('resolving', () => {
  test.each(['E100', 'e100', 'adae@CORP.example.org', 'ada.example@example.org', '  E100 '])(
    '%s means one holder',
    async (reference) => {
      expect(await resolveHolder(database.knex, reference)).toMatchObject({ employeeNumber: 'E100' });
    },
  );

  test('an id means one holder', async () => {
    const { id } = await resolveHolder(database.knex, 'E300');
    expect(await resolveHolder(database.knex, id.toUpperCase())).toMatchObject({ employeeNumber: 'E300' });
  });

  test('what nobody has, or only a part of it, is refused', async () => {
    await expect(resolveHolder(database.knex, 'E10')).rejects.toMatchObject({
      code: 'holder-unknown',
      message: 'There is no card holder with the employee number, UPN or e-mail "E10".',
    });
    await expect(resolveHolder(database.knex, randomUUID())).rejects.toMatchObject({ code: 'holder-unknown' });
  });

  test('what means two is refused, naming both', async () => {
    await add({ number: 'E500', givenName: 'Ben', familyName: 'Sample', upn: 'ada.example@example.org' });
    await expect(resolveHolder(database.knex, 'ada.example@example.org')).rejects.toMatchObject({
      code: 'holder-ambiguous',
      message: expect.stringMatching(
        /Ada Example \(E100\).*Ben Sample \(E500\)|Ben Sample \(E500\).*Ada Example \(E100\)/,
      ),
    });
  });
});

test('pages through everyone once, by name', async () => {
  const seen: string[] = [];
  let after: Parameters<typeof listHolders>[3];
  for (;;) {
    const page = await listHolders(database.knex, {}, 2, after);
    seen.push(...page.map((holder) => holder.familyName));
    after = page.at(-1);
    if (after === undefined) break;
  }
  expect(seen).toHaveLength(5);
  expect(seen).toEqual([...seen].sort());
});

test('a holder that is not there is not found', async () => {
  await expect(getHolder(database.knex, randomUUID())).rejects.toMatchObject({ code: 'not-found' });
});
