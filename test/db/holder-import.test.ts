import { isProductError } from '../../src/kernel/errors.js';
import { importHolders, type ImportResult } from '../../src/directory/holders/holder-import.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const header = 'employee_number,given_name,family_name,email,upn,department,state,account';
const ada = 'E1,Ada,Example,ada@example.org,ada@corp.example.org,Sales,active,ada';
const ben = 'E2,Ben,Sample,ben@example.org,ben@corp.example.org,"Research, ""blue"" group",inactive,';

let database: TestDatabase;
/** Accounts that exist. */
const accounts = { known: async () => new Set(['ada', 'ben', 'cleo', 'approver', 'approver2']) };

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(() => database.clear());
afterAll(() => database.drop());

function run(file: string | Uint8Array, dryRun = false): Promise<ImportResult> {
  const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file;
  return database.knex.transaction((trx) => importHolders(trx, bytes, { actor: 'admin', dryRun, accounts }));
}

async function refusal(file: string | Uint8Array) {
  const raw: unknown = await run(file).then(
    () => null,
    (error: unknown) => error,
  );
  if (!isProductError(raw, 'import-invalid', 'payload-too-large')) throw new Error('not refused', { cause: raw });
  return { code: raw.code, message: raw.message, ...raw.extra };
}

const stored = () =>
  database
    .knex('holder')
    .orderBy('employee_number')
    .select('employee_number', 'given_name', 'email', 'department', 'state', 'account');
const lines = (...rows: string[]) => [header, ...rows].join('\n');

test('creates holders, and a second run finds nothing to change', async () => {
  expect(await run(lines(ada, ben))).toEqual({ created: 2, changed: 0, unchanged: 0, dryRun: false });
  expect(await stored()).toEqual([
    {
      employee_number: 'E1',
      given_name: 'Ada',
      email: 'ada@example.org',
      department: 'Sales',
      state: 'active',
      account: 'ada',
    },
    {
      employee_number: 'E2',
      given_name: 'Ben',
      email: 'ben@example.org',
      department: 'Research, "blue" group',
      state: 'inactive',
      account: null,
    },
  ]);
  expect(await run(lines(ada, ben))).toEqual({ created: 0, changed: 0, unchanged: 2, dryRun: false });
});

test('an employee number that is known, in any case, changes its holder; others stay', async () => {
  await run(lines(ada, ben));
  const result = await run(lines('e1,Ada,Exemplar,ADA@example.org,ada@corp.example.org,,inactive,ada'));
  expect(result).toMatchObject({ created: 0, changed: 1, unchanged: 0 });
  expect((await stored()).map((row: { state: string }) => row.state)).toEqual(['inactive', 'inactive']);
});

test('without the account column accounts stay; an empty field clears one', async () => {
  await run(lines(ada));
  const without =
    'employee_number,given_name,family_name,email,upn,department,state\nE1,Ada,Example,ada@example.org,ada@corp.example.org,HR,active';
  await run(without);
  expect(await stored()).toMatchObject([{ department: 'HR', account: 'ada' }]);
  await run(lines(ada.replace(/ada$/, '')));
  expect(await stored()).toMatchObject([{ account: null }]);
});

test('a dry run reports what would happen and changes nothing', async () => {
  await run(lines(ada));
  expect(await run(lines(ada.replace('Sales', 'HR'), ben), true)).toEqual({
    created: 1,
    changed: 1,
    unchanged: 0,
    dryRun: true,
  });
  expect(await stored()).toHaveLength(1);
  expect(await database.knex('audit').where({ action: 'holders-imported' })).toHaveLength(1);
});

test.each([
  [
    'semicolons, byte order mark, CRLF and empty lines',
    `\uFEFF${lines(ada).replaceAll(',', ';').replaceAll('\n', '\r\n')}\r\n;;;;;;;\r\n\r\n`,
  ],
  [
    'columns in another order, with spaces and capitals',
    'Account , State,department,upn,email,family_name,given_name,Employee_Number\nADA, Active,Sales,ada@corp.example.org,ada@example.org,Example,Ada, E1',
  ],
])('reads %s', async (_, file) => {
  await run(file);
  expect(await stored()).toMatchObject([
    { employee_number: 'E1', given_name: 'Ada', department: 'Sales', state: 'active', account: 'ada' },
  ]);
});

test('letters and accents that come apart are composed', async () => {
  await run(lines(ada.replace('Ada', 'Ame\u0301lie')));
  expect(await stored()).toMatchObject([{ given_name: 'Am\u00e9lie' }]);
});

test('holders of a file may swap what is unique among them', async () => {
  const cleo = 'E3,Cleo,Demo,cleo@example.org,cleo@corp.example.org,,active,cleo';
  await run(lines(ada, ben, cleo));
  const result = await run(
    lines(
      'E1,Ada,Example,cleo@example.org,ben@corp.example.org,Sales,active,cleo',
      'E2,Ben,Sample,ada@example.org,cleo@corp.example.org,,inactive,',
      'E3,Cleo,Demo,ben@example.org,ada@corp.example.org,,active,ada',
      'E4,Dan,Dummy,dan@example.org,dan@corp.example.org,,active,',
    ),
  );
  expect(result).toMatchObject({ created: 1, changed: 3 });
  expect(await stored()).toMatchObject([
    { email: 'cleo@example.org', account: 'cleo' },
    { email: 'ada@example.org', account: null },
    { email: 'ben@example.org', account: 'ada' },
    { email: 'dan@example.org' },
  ]);
});

test('names every bad row and field, and imports none', async () => {
  const answer = await refusal(
    lines(
      ada,
      'E2,,Sample,ben.example.org,ben@corp,"line\nbreak",gone,b en',
      'E3,Cleo,Demo',
      'e1,Adam,Other,ADA@example.org,adam@corp.example.org,,active,ada',
    ),
  );
  expect(answer).toMatchObject({
    code: 'import-invalid',
    rowCount: 9,
    rows: [
      { row: 3, field: 'given_name', message: 'must not be empty' },
      { row: 3, field: 'email', message: 'must be an e-mail address' },
      { row: 3, field: 'department', message: 'must not hold line breaks or other control characters' },
      { row: 3, field: 'state', message: 'must be active or inactive' },
      { row: 3, field: 'account', message: 'must not have spaces' },
      { row: 4, field: '', message: 'has 3 fields instead of 8' },
      { row: 5, field: 'account', message: 'is the same as in row 2' },
      { row: 5, field: 'email', message: 'is the same as in row 2' },
      { row: 5, field: 'employee_number', message: 'is the same as in row 2' },
    ],
  });
  expect(answer.message).toBe(
    'There are 9 mistakes in the file, so nothing was imported. The first, in row 3: given_name must not be empty.',
  );
  expect(await stored()).toEqual([]);
  expect(await database.knex('audit')).toEqual([]);
});

test('names values that belong to a holder who is not in the file', async () => {
  await run(lines(ada, ben));
  const answer = await refusal(lines('E3,Cleo,Demo,BEN@example.org,ada@corp.example.org,,active,ADA'));
  expect(answer).toMatchObject({
    rows: [
      { row: 2, field: 'account', message: 'belongs to the holder with employee number E1' },
      { row: 2, field: 'email', message: 'belongs to the holder with employee number E2' },
      { row: 2, field: 'upn', message: 'belongs to the holder with employee number E1' },
    ],
  });
});

test('says how many mistakes there are and names the first hundred', async () => {
  const answer = await refusal(
    lines(...Array.from({ length: 250 }, (_, index) => `E${index},A,B,x,u${index}@c,,active,`)),
  );
  expect(answer).toMatchObject({ rowCount: 250 });
  expect((answer as unknown as { rows: unknown[] }).rows).toHaveLength(100);
});

test.each([
  ['an empty file', '', 'The file is empty. Its first line names the columns: employee_number'],
  [
    'a missing, an unknown and a repeated column',
    'employee_number,given_name,family_name,mail,upn,department,state,state\n',
    'There are 3 mistakes in the file',
  ],
  [
    'a quotation mark that does not end',
    lines('E1,"Ada,Example,a@x,u@x,,active,'),
    'The file cannot be read from here on',
  ],
  ['text that is not UTF-8', new Uint8Array([0x45, 0xfc, 0x0a]), 'The file is not UTF-8. Save it as "CSV UTF-8".'],
  [
    'more than 100,000 rows',
    lines(...Array.from({ length: 100_001 }, (_, i) => `E${i},A,B,e${i}@x,u${i}@x,,active,`)),
    'more than 100000 holders',
  ],
])('refuses %s', async (_, file, sentence) => {
  const answer = await refusal(file);
  expect(answer.code).toBe('import-invalid');
  expect(answer.message).toContain(sentence);
});

test('refuses more than ten megabytes before reading them', async () => {
  expect(await refusal(new Uint8Array(10_000_001))).toMatchObject({ code: 'payload-too-large' });
});

test('leaves an audit row for the import and for each holder that it touches, without personal data', async () => {
  await run(lines(ada, ben));
  await database.knex.transaction((trx) =>
    importHolders(trx, Buffer.from(lines(ada.replace('active', 'inactive').replace('Ada', 'Eda'), ben)), {
      actor: 'admin2',
      dryRun: false,
      accounts,
    }),
  );
  const rows = await database
    .knex('audit')
    .orderBy('id')
    .select('actor', 'action', 'from_state', 'to_state', 'details');
  const importId = expect.any(String);
  expect(rows).toEqual([
    {
      actor: 'admin',
      action: 'holders-imported',
      from_state: null,
      to_state: null,
      details: { created: 2, changed: 0, unchanged: 0 },
    },
    {
      actor: 'admin',
      action: 'holder-created',
      from_state: null,
      to_state: 'active',
      details: { importId, account: { from: null, to: 'ada' } },
    },
    { actor: 'admin', action: 'holder-created', from_state: null, to_state: 'inactive', details: { importId } },
    {
      actor: 'admin2',
      action: 'holders-imported',
      from_state: null,
      to_state: null,
      details: { created: 0, changed: 1, unchanged: 1 },
    },
    {
      actor: 'admin2',
      action: 'holder-changed',
      from_state: 'active',
      to_state: 'inactive',
      details: { importId, columns: ['given_name', 'state'] },
    },
  ]);
});

test('two imports at once run one after the other', async () => {
  const results = await Promise.all([run(lines(ada, ben)), run(lines(ada, ben))]);
  expect(results.map((result) => result.created).sort()).toEqual([0, 2]);
});

test('a hundred thousand holders take seconds', async () => {
  const file = lines(
    ...Array.from(
      { length: 100_000 },
      (_, i) => `E${i},Given${i % 977},Family${i % 1013},e${i}@example.org,u${i}@corp.example.org,A,active,`,
    ),
  );
  const started = performance.now();
  expect(await run(file)).toMatchObject({ created: 100_000 });
  expect(performance.now() - started).toBeLessThan(40_000);
});

describe('what nobody sees in a file', () => {
  const columns = 'employee_number;given_name;family_name;email;upn;department;state';

  test('an account is the one that it looks like', async () => {
    const row = '71001;Ida;Muster;ida@example.test;ida@example.test;Sales;active;\u200bapprover2';
    await run(`${columns};account\r\n${row}\r\n`);
    expect(await stored()).toMatchObject([{ employee_number: '71001', account: 'approver2' }]);
  });

  test('two holders that look the same are one person, twice in the file', async () => {
    const one = '\u200b70018;Mira;Beispiel;mira1@example.test;mira1@example.test;Sales;active';
    const other = '70018;Mira;Beispiel;mira2@example.test;mira2@example.test;Sales;active';
    const { rows } = (await refusal(`${columns}\r\n${one}\r\n${other}\r\n`)) as unknown as { rows: unknown[] };
    expect(rows).toContainEqual({ row: 3, field: 'employee_number', message: 'is the same as in row 2' });
  });

  test.each([true, false])('an account that does not exist is named (dry run: %s)', async (dryRun) => {
    const file = new TextEncoder().encode(lines(ada, ben.replace(/,$/, ',nobody')));
    const importing = database.knex.transaction((trx) =>
      importHolders(trx, file, { actor: 'admin', dryRun, accounts }),
    );
    await expect(importing).rejects.toMatchObject({
      code: 'import-invalid',
      extra: { rows: [{ row: 3, field: 'account', message: 'names no account: there is no "nobody"' }], rowCount: 1 },
    });
  });

  test('one that a holder has already may stay, though it was removed', async () => {
    await run(lines(ada));
    const nobody = { known: async () => new Set<string>() };
    const file = new TextEncoder().encode(lines(ada.replace('Sales', 'Research')));
    expect(
      await database.knex.transaction((trx) =>
        importHolders(trx, file, { actor: 'admin', dryRun: false, accounts: nobody }),
      ),
    ).toMatchObject({ changed: 1 });
  });
});
