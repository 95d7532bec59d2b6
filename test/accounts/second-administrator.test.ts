/** Where a house asks for it, no administrator alone grants roles, moves a backend or chooses a variant, and roles that do not go together are refused. */
import { AccountDirectory } from '../../src/directory/accounts/account-directory.js';
import { PendingChanges } from '../../src/directory/pending-changes/pending-changes.js';
import { cards as run } from '../cli/support/terminal.js';
import { Browser } from '../http/support/browser.js';
import type { Caller } from '../../src/web/sign-in/caller.js';
import { enable, password, startProduct, type Answer, type Product } from '../support/product.js';

let product: Product;

beforeAll(async () => {
  product = await startProduct();
}, 180_000);
afterAll(() => product?.stop(), 60_000);

/** The two administrators of this house, and their only ones. */
const [one, other] = ['admin', 'operator2'];
const waits = { status: 409, body: { code: 'second-administrator' } };

const put = (account: string, path: string, body: unknown) => product.call(account, 'PUT', path, body);
const setOption = (name: string, value: unknown, account = one) => put(account, `/options/${name}`, { value });
const setRoles = (id: string, roles: string[], account = one) => put(account, `/accounts/${id}/roles`, { roles });
const rolesOf = async (id: string) => (await product.call(one, 'GET', `/accounts/${id}`)).body.roles as string[];
const changes = async () => (await product.call(other, 'GET', '/pending-changes')).body.items;
const confirm = (id: string, account = other) => product.call(account, 'POST', `/pending-changes/${id}/confirm`);
const reject = (id: string, account = other) => product.call(account, 'POST', `/pending-changes/${id}/reject`);
/** Asks for a change and returns its number on the list. */
async function asked(change: Promise<Answer>): Promise<string> {
  const answer = await change;
  expect(answer).toMatchObject(waits);
  return answer.body.change;
}
const log = async (action: string) =>
  product
    .db('audit')
    .where({ action, object_type: 'pending-change' })
    .orderBy('id', 'desc')
    .first('actor', 'object_id', 'details');

test('one administrator alone cannot ask for a second one', async () => {
  const refused = await setOption('second-administrator', 'P3D');
  expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringContaining('only one administrator') } });
  expect((await setRoles(other, ['admin'])).status).toBe(200);
  expect((await setOption('second-administrator', 'P3D')).status).toBe(200);
});

describe('roles', () => {
  test('are given when another administrator confirms it, in the name of the one who asked', async () => {
    const id = await asked(setRoles('producer', ['producer', 'designer']));
    expect(await rolesOf('producer')).toEqual(['producer']);
    expect(await changes()).toMatchObject([
      { id, what: 'Give producer the roles designer, producer instead of producer.', requestedBy: one, outcome: null },
    ]);
    expect(await log('change-requested')).toMatchObject({ actor: one, object_id: id });
    expect(await confirm(id)).toMatchObject({ status: 204 });
    expect((await rolesOf('producer')).sort()).toEqual(['designer', 'producer']);
    const set = await product.db('audit').where({ action: 'account-roles-set', object_id: 'producer' }).first('actor');
    expect(set).toEqual({ actor: one });
    expect(await log('change-confirmed')).toMatchObject({ actor: other, object_id: id, details: { requestedBy: one } });
    expect((await changes())[0]).toMatchObject({ id, outcome: 'confirmed', settledBy: other });
    expect(await confirm(id)).toMatchObject({ status: 409, body: { code: 'change-settled' } });
  });

  test('are not confirmed by who asked, by anybody else, or in the database', async () => {
    const id = await asked(setRoles('producer', ['producer', 'approver']));
    expect(await confirm(id, one)).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('yourself') },
    });
    expect(await confirm(id, 'approver')).toMatchObject({ status: 403 });
    expect((await product.call('approver', 'GET', '/pending-changes')).status).toBe(403);
    const itself = { outcome: 'confirmed', settled_by: one.toUpperCase(), settled_at: new Date() };
    await expect(product.db('pending_change').where({ id }).update(itself)).rejects.toThrow(
      'pending_change_confirmed_by_another',
    );
    await expect(product.db('pending_change').where({ id }).update({ what: 'Something else.' })).rejects.toThrow(
      'never changed',
    );
    expect(await rolesOf('producer')).not.toContain('approver');
    expect(await reject(id, one)).toMatchObject({ status: 204 });
    expect(await log('change-rejected')).toMatchObject({ actor: one, object_id: id });
    expect(await confirm(id)).toMatchObject({ status: 409, body: { code: 'change-settled' } });
    expect(await rolesOf('producer')).not.toContain('approver');
  });

  test('are not given round it: with a new account, in the engine’s own application, by taking over an administrator', async () => {
    const account = {
      id: 'sample-admin',
      firstName: 'Sample',
      lastName: 'Person',
      email: 'sample@example.org',
      roles: ['admin'],
    };
    expect(await product.call(one, 'POST', '/accounts', account)).toMatchObject(waits);
    expect(await product.call(one, 'POST', `/accounts/${other}/password`)).toMatchObject(waits);
    expect(await product.call(one, 'DELETE', `/accounts/${other}/second-factor`)).toMatchObject(waits);
    const browser = new Browser(product.url);
    await browser.signIn(one, password);
    await browser.get('/camunda/api/engine/engine/');
    const joined = await browser.request(
      'PUT',
      '/camunda/api/engine/engine/default/group/card-approvers/members/producer',
      {
        body: {},
        headers: { 'x-xsrf-token': browser.cookies.get('XSRF-TOKEN') ?? '', accept: 'application/json' },
      },
    );
    expect(joined.status).toBe(403);
    expect(await rolesOf('producer')).not.toContain('approver');
  });

  test('are not confirmed when who asked is no administrator any more', async () => {
    const id = await asked(setRoles('producer', ['producer'], other));
    await product.engine.call({ user: 'card-server', method: 'DELETE', path: `/group/card-admins/members/${other}` });
    expect(await confirm(id, one)).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('no administrator any more') },
    });
    await product.engine.call({ user: 'card-server', method: 'PUT', path: `/group/card-admins/members/${other}` });
    expect(await confirm(id, one)).toMatchObject({ status: 204 });
  });
});

test('a variant is chosen when another administrator confirms it, of the state that was asked about', async () => {
  const choose = (variant: string) => put(one, '/use-cases/request-card', { enabled: true, variant });
  expect(await choose('nonesuch')).toMatchObject({ status: 422, body: { code: 'variant-unknown' } });
  const [first, second] = [await asked(choose('with-approval')), await asked(choose('without-approval'))];
  expect((await product.call(one, 'GET', '/use-cases/request-card')).body).toMatchObject({ enabled: false });
  expect(await confirm(first)).toMatchObject({ status: 204 });
  expect((await product.call(one, 'GET', '/use-cases/request-card')).body).toMatchObject({
    enabled: true,
    variant: 'with-approval',
  });
  expect(await confirm(second)).toMatchObject({ status: 412, body: { code: 'stale' } });
  expect((await changes())[0]).toMatchObject({ id: second, outcome: null });
  await reject(second);
});

test('who is put into a group that may approve waits, and that a group may; other groups do not', async () => {
  const members = async (id: string) => (await product.call(one, 'GET', `/groups/${id}`)).body.members as string[];
  expect((await product.call(one, 'POST', '/groups', { id: 'guards', name: 'Guards' })).status).toBe(201);
  expect((await put(one, '/groups/guards/members/operator', undefined)).status).toBe(204);
  expect((await put(one, '/groups/guards', { name: 'Guards at the door' })).status).toBe(200);
  const approving = await asked(put(one, '/groups/guards', { name: 'Guards at the door', mayApprove: true }));
  expect((await changes())[0]).toMatchObject({
    what: 'Let the group Guards at the door (operator) decide on card requests.',
  });
  expect(await confirm(approving)).toMatchObject({ status: 204 });
  const joining = await asked(put(one, '/groups/guards/members/producer', undefined));
  expect(await members('guards')).toEqual(['operator']);
  expect(await confirm(joining)).toMatchObject({ status: 204 });
  expect(await members('guards')).toEqual(['operator', 'producer']);
});

test('addresses of backends wait, names do not', async () => {
  const backend = {
    ...{ id: 'sample-bureau', kind: 'http', name: 'Sample bureau', simulated: true },
    settings: { url: 'http://127.0.0.1:9/api' },
  };
  const id = await asked(product.call(one, 'POST', '/backends', backend));
  expect((await changes())[0].what).toContain('http://127.0.0.1:9/api');
  expect(await confirm(id)).toMatchObject({ status: 204 });
  const change = (name: string, url: string) =>
    put(one, '/backends/sample-bureau', { name, simulated: true, settings: { ...backend.settings, url } });
  expect(await change('Another name', backend.settings.url)).toMatchObject({ status: 200 });
  await reject(await asked(change('Another name', 'http://127.0.0.1:10/api')));
  expect((await product.call(one, 'GET', '/backends/sample-bureau')).body.settings.url).toBe(backend.settings.url);
});

test('the command line says that a change waits, lists it and confirms it for a person, never for the machine alone', async () => {
  const cards = (account: string, line: string) =>
    run(`${line} --url ${product.url} --user ${account}`, { CARDS_PASSWORD: password });
  const waiting = await cards(one, 'accounts set-roles producer producer designer');
  const [, id = ''] = /^Nothing has changed yet: this waits as change (\d+) for/.exec(waiting.stderr) ?? [];
  expect(waiting.code).toBe(1);
  expect((await cards(other, 'changes list')).stdout).toMatch(
    new RegExp(`\n${id} +Give producer the roles .* waits until `),
  );
  expect((await cards(one, `changes confirm ${id}`)).stderr).toContain('another administrator has to confirm it');
  const machine = { id: 'cli:root', name: 'cli:root', groups: ['card-admins'], roles: new Set(['admin'] as const) };
  const pending = new PendingChanges(product.db, new AccountDirectory(product.engine, 'card-server'));
  const context = { requestId: 'sample', caller: {} as Caller };
  await expect(pending.confirm(machine, id, context)).rejects.toThrow('A person confirms a change');
  expect(await cards(other, `changes confirm ${id}`)).toMatchObject({ code: 0, stdout: `Change ${id} is made.\n` });
  expect((await rolesOf('producer')).sort()).toEqual(['designer', 'producer']);
  expect(await cards(other, `changes reject ${id}`)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('is confirmed'),
  });
});

test('what nobody confirms in time ends, on record', async () => {
  const late = {
    operation: 'PUT /options/:name',
    input: '{}',
    what: 'A sample.',
    requested_by: one,
    expires_at: new Date(0),
  };
  const [{ id }] = await product.db('pending_change').insert(late).returning('id');
  expect(await confirm(id)).toMatchObject({ status: 409, body: { code: 'change-settled' } });
  await new PendingChanges(product.db, new AccountDirectory(product.engine, 'card-server')).expire();
  expect(await log('change-expired')).toMatchObject({ actor: 'system', object_id: id });
  expect((await changes()).find((each: { id: string }) => each.id === id)).toMatchObject({ outcome: 'expired' });
});

test('to ask for nobody any more has to be confirmed, too', async () => {
  const id = await asked(setOption('second-administrator', null));
  await asked(setOption('role-conflicts', 'refused')).then((each) => reject(each));
  expect((await setOption('pin-length', 4)).status).toBe(200);
  expect(await confirm(id, one)).toMatchObject({ status: 403 });
  expect(await confirm(id)).toMatchObject({ status: 204 });
  expect((await setRoles('producer', ['producer', 'designer'])).status).toBe(200);
  await enable(product, 'without-approval');
});

test('roles that do not go together are refused where the house says so, and stay where they are', async () => {
  expect((await setRoles('producer', ['producer', 'operator'])).status).toBe(200);
  expect((await setOption('role-conflicts', 'refused')).status).toBe(200);
  const refused = { status: 409, body: { code: 'roles-conflict' } };
  expect(await setRoles('approver', ['approver', 'operator'])).toMatchObject({
    ...refused,
    body: { detail: expect.stringContaining('operator and approver do not go together') },
  });
  expect(await rolesOf('approver')).toEqual(['approver']);
  const account = {
    id: 'sample-two',
    firstName: 'Sample',
    lastName: 'Person',
    email: 'two@example.org',
    roles: ['operator', 'approver'],
  };
  expect(await product.call(one, 'POST', '/accounts', account)).toMatchObject(refused);
  expect((await setRoles('producer', ['producer', 'operator', 'designer'])).status).toBe(200);
  expect((await setRoles('producer', ['producer'])).status).toBe(200);
  expect(await setRoles('producer', ['producer', 'operator'])).toMatchObject(refused);
});
