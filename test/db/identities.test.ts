import { canonicalAccount } from '../../src/domain/identities.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { addHolder } from '../fixtures/holders.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** The dotted capital I becomes two characters in JavaScript and one in PostgreSQL; capitals of Unicode 16 one of them may not know. */
const differs = (code: number) =>
  [0x130, 0x1c89, 0xa7cb, 0xa7cc, 0xa7da, 0xa7dc].includes(code) || (code >= 0x10d50 && code <= 0x10d65);

test('the database gives accounts the same form as the code, for every letter that both know', async () => {
  const codes = Array.from({ length: 0x110000 }, (_, code) => code).filter(
    (code) =>
      code !== 0 &&
      !differs(code) &&
      (code < 0xd800 || code > 0xdfff) &&
      /\p{Assigned}/u.test(String.fromCodePoint(code)),
  );
  const names = codes.map((code) => `a${String.fromCodePoint(code)}b`);
  const differences: string[] = [];
  for (let at = 0; at < names.length; at += 50_000) {
    const some = names.slice(at, at + 50_000);
    const { rows } = await database.knex.raw<{ rows: { form: string; assigned: boolean }[] }>(
      `select canonical_account(n) as form, unicode_assigned(n) as assigned from jsonb_array_elements_text(cast(? as jsonb)) with ordinality as a (n, place) order by place`,
      [JSON.stringify(some)],
    );
    some.forEach((name, index) => {
      const row = rows[index];
      if (row?.assigned === true && row.form !== canonicalAccount(name))
        differences.push((codes[at + index] ?? 0).toString(16));
    });
  }
  expect(differences).toEqual([]);
});

test('a holder is given no account in another form', async () => {
  for (const account of ['\u200bapprover', 'Approver', 'approver ', '']) {
    await expect(addHolder(database.knex, 'E1', { account })).rejects.toMatchObject({
      constraint: 'holder_account_canonical',
    });
  }
});
