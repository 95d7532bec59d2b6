/** Commands about people and their data, on the whole product: accounts live in the engine. */
import { password, startProduct, type Product } from '../support/product.js';
import { cards as run } from './support/terminal.js';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
}, 180_000);
afterAll(() => product?.stop(), 60_000);

const cards = (line: string) => run(`${line} --url ${product.url} --user admin`, { CARDS_PASSWORD: password });

test('server and worker have put on record which keys they hold', async () => {
  const { rows } = await product.db.raw<{ rows: { secret: string }[] }>(
    `select distinct details ->> 'secret' as secret from audit where action in ('key-noted', 'key-changed')`,
  );
  expect(rows.map(({ secret }) => secret).sort()).toEqual(['DOOR_SECRET', 'SECRETS_KEYS', 'WORKER_SECRET']);
});

describe('accounts', () => {
  test('create shows the first password once, and list names roles that do not go together', async () => {
    const created = await cards(
      'accounts create rosa --first-name Rosa --last-name Sample --email rosa@example.org --role approver producer',
    );
    expect(created).toMatchObject({ code: 0, stderr: '' });
    const [, first] =
      /^Account rosa is created\. Its password: (\S+)\nIt is shown this once\./.exec(created.stdout) ?? [];
    const authorization = `Basic ${Buffer.from(`rosa:${first}`).toString('base64')}`;
    expect((await fetch(`${product.url}/api/v1/cards`, { headers: { authorization } })).status).toBe(200);
    const listed = await cards('accounts list --search rosa');
    expect(listed.stdout).toMatch(/\nrosa +Rosa Sample +rosa@example\.org +approver, producer +/);
    expect(listed.stdout).toContain('rosa is approver and producer: Approves a card and has it made.\n');
    expect(listed.stdout).not.toContain(first);
  });

  test('create and set-roles refuse what is wrong, with the cure', async () => {
    expect(
      await cards('accounts create rosa --first-name Rosa --last-name Sample --email rosa@example.org'),
    ).toMatchObject({ code: 1, stderr: 'There is an account rosa already.\n' });
    expect(
      await cards('accounts create Rosa! --first-name Rosa --last-name Sample --email rosa@example.org'),
    ).toMatchObject({ code: 1, stderr: expect.stringContaining('must be small letters') });
    expect(await cards('accounts create tim --last-name Sample --email tim@example.org')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--first-name'),
    });
    expect(await cards('accounts set-roles rosa king')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('roles'),
    });
    expect(await cards('accounts set-roles nobody operator')).toMatchObject({ code: 1, stdout: '' });
    expect(await cards('accounts set-roles admin')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/administrator/i),
    });
  });

  test('set-roles, reset-password and remove do what they say', async () => {
    expect(await cards('accounts set-roles rosa operator')).toMatchObject({
      code: 0,
      stdout: 'Account rosa has the roles: operator.\n',
    });
    expect(await cards('accounts set-profile rosa --email rosa.sample@example.org')).toMatchObject({
      code: 0,
      stdout: 'Account rosa is of Rosa Sample, rosa.sample@example.org.\n',
    });
    expect((await cards('accounts reset-password rosa')).stdout).toMatch(/^The password of rosa is: \S+\n/);
    expect(await cards('accounts remove rosa')).toMatchObject({ code: 0, stdout: 'Account rosa is removed.\n' });
    expect(await cards('accounts remove rosa')).toMatchObject({ code: 1, stdout: '' });
  });
});

describe('retention', () => {
  test('show and run say what stays and what is due', async () => {
    expect((await cards('retention show')).stdout).toMatch(
      /^Personal data of ended requests stays .*\nThe process engine remembers .*\nDue to be erased: 0 requests, 0 cards, 0 photos\.\nNothing was erased by time yet\.\n$/,
    );
    expect(await cards('retention run --dry-run')).toMatchObject({
      code: 0,
      stdout: 'Nothing was erased yet. It would be: 0 requests, 0 cards, 0 photos.\n',
    });
    expect(await cards('retention run')).toMatchObject({ code: 0, stdout: 'Erased: 0 requests, 0 cards, 0 photos.\n' });
    expect((await cards('retention show')).stdout).toMatch(/The last run was at .*, by admin\./);
    expect(await cards('retention run --soon')).toMatchObject({ code: 2, stderr: expect.stringContaining('--soon') });
  });
});

describe('holders erase', () => {
  test('erases one card holder for a reason, once', async () => {
    const { id } = await product
      .db('holder')
      .where({ state: 'active', account: null })
      .orderBy('employee_number')
      .first<{ id: string }>('id');
    expect(await cards(`holders erase ${id}`)).toMatchObject({ code: 2, stderr: expect.stringContaining('--reason') });
    expect(await cards('holders erase nobody --reason asked')).toMatchObject({ code: 1, stdout: '' });
    expect(await cards(`holders erase ${id} --reason asked`)).toMatchObject({
      code: 0,
      stdout: 'The card holder is erased, with 0 requests and 0 cards.\n',
    });
    expect(await cards(`holders erase ${id} --reason asked`)).toMatchObject({ code: 1, stdout: '' });
  });
});
