import { randomBytes } from 'node:crypto';
import { groups, technicalAccounts } from '../../src/domain/roles.js';
import { bootstrapEngine } from '../../src/engine/bootstrap.js';
import { EngineClient } from '../../src/engine/client.js';
import { lentEngine } from '../support/engine.js';
import { startInstallation, type TestInstallation } from './support/installation.js';
import { cards } from './support/terminal.js';
import { addAccount } from '../fixtures/accounts.js';

const CARDS_PASSWORD = 'a good test password';
const id = randomBytes(4).toString('hex');
const [admin, operator] = [`cli-admin-${id}`, `cli-operator-${id}`];

let installation: TestInstallation;
beforeAll(async () => {
  const { engineUrl, door } = await lentEngine();
  const engine = new EngineClient(new URL(engineUrl).origin, door);
  await bootstrapEngine(engine, technicalAccounts.server, {});
  for (const [account, group] of [
    [admin, groups.admin],
    [operator, groups.operator],
  ] as const) {
    await addAccount(engine, account, { password: CARDS_PASSWORD, groups: [group] });
  }
  installation = await startInstallation({ engine });
});
afterAll(() => installation.close());

test('an administrator signs in from elsewhere, and the log names the account', async () => {
  const command = `use-case enable request-card --variant without-approval --url ${installation.url} --user ${admin}`;
  const { code, stdout } = await cards(command, { CARDS_PASSWORD });
  expect(stdout).toBe('Request card is enabled without approval (version 1). Operators can start it in Tasklist.\n');
  expect(code).toBe(0);
  expect(await installation.database.knex('audit').distinct('actor')).toEqual([{ actor: admin }]);
});

test('and on the machine itself with an account of their own, asked for its password', async () => {
  const options = { DATA_DIR: installation.dataDirectory, typed: `${CARDS_PASSWORD}\r` };
  const { code, stdout, stderr } = await cards(`use-case list --user ${admin}`, options);
  expect(stderr).toBe(`Password of ${admin}: \n`);
  expect(stdout).toContain('enabled');
  expect(code).toBe(0);
});

test('a wrong password and an account that is no administrator are denied in one line', async () => {
  const where = `--url ${installation.url} --user`;
  expect(await cards(`use-case list ${where} ${admin}`, { CARDS_PASSWORD: 'wrong' })).toEqual({
    code: 4,
    stdout: '',
    stderr: 'The account or the password is wrong.\n',
  });
  expect(await cards(`use-case disable request-card ${where} ${operator}`, { CARDS_PASSWORD })).toMatchObject({
    code: 4,
    stderr: expect.stringMatching(/^This needs a member of the group card-admins\. .+\n$/),
  });
});
