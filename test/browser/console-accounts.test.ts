import type { Browser } from 'playwright-core';
import { describeInBrowser, openBrowser, Person } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { patience } from '../support/issuing.js';
import { judgePage, watchPolicy } from '../support/page-judge.js';
import { password, startProduct, type Product } from '../support/product.js';
import { addRequest } from '../fixtures/requests.js';

/** For one test, several of whose steps may each take as long as `patience` (ms). */
const longest = 4 * patience;

describeInBrowser('accounts and retention in the console', () => {
  let product: Product;
  let browser: Browser;
  let admin: Person;
  let refusedByPolicy: readonly string[];

  beforeAll(async () => {
    [product, browser] = await Promise.all([startProduct(), openBrowser()]);
    admin = await Person.signedIn(browser, product.url, 'admin', password);
    refusedByPolicy = watchPolicy(admin.page);
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  }, 60_000);

  const see = (text: string | RegExp) => admin.page.getByText(text).first().waitFor({ timeout: patience });
  const press = (name: string) => admin.page.getByRole('button', { name, exact: true }).click();
  const fill = (label: string, text: string) => admin.page.getByLabel(label, { exact: true }).fill(text);

  it(
    'makes an account, names roles that do not go together, and shows a password once',
    async () => {
      await admin.open('/console/accounts');
      await see('Roles and their members');
      await judgePage(admin.page, 'accounts');
      await admin.page.getByRole('link', { name: 'New account' }).click();
      for (const [label, text] of [
        ['Account', 'Rosa'],
        ['Given name', 'Rosa'],
        ['Family name', 'Sample'],
        ['E-mail', 'rosa@example.org'],
      ] as const)
        await fill(label, text);
      await admin.page.getByLabel('Approver', { exact: true }).check();
      await press('Add');
      await see(/must be small letters/);
      await fill('Account', 'rosa');
      await press('Add');
      await see('It is shown this once and kept nowhere');
      const first = await admin.page.locator('code.password').innerText();
      const signedIn = await Person.signedIn(browser, product.url, 'rosa', first);
      await signedIn.close();
      await admin.page.getByRole('link', { name: 'rosa', exact: true }).click();
      await admin.page.getByLabel('Production operator', { exact: true }).check();
      await see('Approves a card and has it made.');
      await press('Save the roles');
      await see('The roles are saved.');
      await judgePage(admin.page, 'account with a conflict');
      await admin.page.setViewportSize({ width: 1280, height: 1250 });
      await admin.page.evaluate('scrollTo(0, 0)');
      await admin.picture('console-account');
      await admin.page.setViewportSize({ width: 1280, height: 900 });
      expect((await product.call('admin', 'GET', '/accounts/rosa')).body).toMatchObject({
        roles: ['approver', 'producer'],
        conflicts: [{ why: 'Approves a card and has it made.' }],
      });
      const save = () =>
        admin.page.getByRole('region', { name: 'Name and e-mail' }).getByRole('button', { name: 'Save' }).click();
      await fill('E-mail', 'nowhere');
      await save();
      await see(/E-mail .*|Invalid email/);
      await fill('E-mail', 'rosa.sample@example.org');
      await save();
      await see('Saved.');
      await judgePage(admin.page, 'account, another address');
      expect((await product.call('admin', 'GET', '/accounts/rosa')).body.email).toBe('rosa.sample@example.org');
      await press('Remove the account');
      await admin.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
      await eventually(
        'the account is gone',
        patience,
        async () => (await product.call('admin', 'GET', '/accounts/rosa')).status === 404,
      );
    },
    longest,
  );

  it(
    'makes a group of the organisation, whose member finds it in Tasklist until it is left',
    async () => {
      await admin.open('/console/groups');
      await see(/There is no group yet/);
      await judgePage(admin.page, 'no groups');
      await admin.page.getByRole('link', { name: 'Add a group' }).click();
      await fill('Id', 'line-managers');
      await fill('Name', 'Line managers');
      await fill('What it is for', 'Decide on requests for their people');
      await admin.page.getByLabel('Its members may decide on card requests').check();
      await press('Add');
      await see(/Nobody is in the group/);
      await fill('Account', 'nobody-here');
      await press('Put into the group');
      await see('There is no such account.');
      await fill('Account', 'designer');
      await press('Put into the group');
      await see('designer is in the group.');
      await judgePage(admin.page, 'a group');
      await admin.picture('console-group');
      const member = await Person.signedIn(browser, product.url, 'designer', password);
      await member.openTasklist();
      await member.page.locator('.task-filters').getByText('Line managers').first().waitFor({ timeout: patience });
      await member.close();
      await press('Take designer out');
      await admin.page.getByRole('dialog').getByRole('button', { name: 'Take out', exact: true }).click();
      await see(/Nobody is in the group/);
      await admin.open('/console/groups');
      await see('nobody yet');
      await judgePage(admin.page, 'groups');
    },
    longest,
  );

  it(
    'shows the second of two administrators what the first one changed, and loses nothing, by keyboard alone',
    async () => {
      await product.call('admin', 'POST', '/accounts', {
        id: 'mia',
        firstName: 'Mia',
        lastName: 'Sample',
        email: 'mia@example.org',
        roles: ['operator'],
      });
      const second = await Person.signedIn(browser, product.url, 'admin', password);
      const { keyboard } = second.page;
      const focusOn = async (role: 'checkbox' | 'button', name: string) => {
        const sought = second.page.getByRole(role, { name, exact: true });
        for (let presses = 0; presses < 60; presses += 1) {
          if (await sought.evaluate((element) => element === element.ownerDocument.activeElement)) return;
          await keyboard.press('Tab');
        }
        throw new Error(`The Tab key does not lead to ${name}.`);
      };
      await Promise.all([admin, second].map((each) => each.open('/console/accounts/mia')));
      await admin.page.getByLabel('Process designer', { exact: true }).check();
      await admin.page.getByLabel('Operator', { exact: true }).uncheck();
      await second.page.getByLabel('Production operator', { exact: true }).waitFor();
      await press('Save the roles');
      await see('The roles are saved.');
      await focusOn('checkbox', 'Production operator');
      await keyboard.press('Space');
      await focusOn('button', 'Save the roles');
      await keyboard.press('Enter');
      const told = second.page.getByRole('alert').filter({ hasText: 'somebody has changed this meanwhile' });
      await told.getByText('The role Process designer was given.').waitFor({ timeout: patience });
      await told.getByText('The role Operator was taken away.').waitFor();
      await judgePage(second.page, 'account, changed meanwhile');
      const rolesOf = async () => (await product.call('admin', 'GET', '/accounts/mia')).body.roles;
      expect(await rolesOf()).toEqual(['designer']);
      for (const [name, ticked] of [
        ['Operator', true],
        ['Production operator', true],
        ['Process designer', false],
      ] as const) {
        expect({ name, ticked: await second.page.getByLabel(name, { exact: true }).isChecked() }).toEqual({
          name,
          ticked,
        });
      }
      await focusOn('button', 'Save the roles');
      await keyboard.press('Enter');
      await second.page.getByText('The roles are saved.').waitFor({ timeout: patience });
      expect((await rolesOf()).sort()).toEqual(['operator', 'producer']);
      await second.close();
    },
    longest,
  );

  it(
    'asks everybody in a role for a second factor, and asks no more, by keyboard alone',
    async () => {
      const asked = async () =>
        (await product.call('admin', 'GET', '/groups')).body.items
          .filter((group: { secondFactor: boolean }) => group.secondFactor)
          .map(({ role }: { role: string }) => role);
      await admin.open('/console/accounts');
      const switchTo = async (name: string, title: RegExp) => {
        await admin.page.getByRole('button', { name: `${name}: Process designer` }).focus();
        await admin.page.keyboard.press('Enter');
        await admin.page.getByRole('dialog', { name: title }).waitFor({ timeout: patience });
        await admin.page.keyboard.press('Enter');
      };
      await switchTo('Ask for it', /Ask everybody in the role Process designer/);
      await see('Asked for');
      await judgePage(admin.page, 'accounts, a role with a second factor');
      expect(await asked()).toEqual(['designer']);
      await switchTo('Do not ask any more', /Ask the role Process designer/);
      await admin.page.getByRole('button', { name: 'Ask for it: Process designer' }).waitFor({ timeout: patience });
      expect(await asked()).toEqual([]);
      expect(
        await product.db('audit').where({ object_id: 'second-factor-designer' }).orderBy('id').pluck('details'),
      ).toEqual([{ required: true }, { required: false }]);
    },
    longest,
  );

  it(
    'keeps the last administrator',
    async () => {
      await admin.open('/console/accounts/admin');
      await admin.page.getByLabel('Administrator', { exact: true }).uncheck();
      await press('Save the roles');
      await admin.page
        .getByRole('alert')
        .filter({ hasText: /administrator/i })
        .waitFor();
      expect((await product.call('admin', 'GET', '/accounts/admin')).body.roles).toContain('admin');
    },
    longest,
  );

  it(
    'says how long data stays, and erases what is due',
    async () => {
      await admin.open('/console/retention');
      await see('Nothing is due.');
      await judgePage(admin.page, 'retention');
      await admin.picture('console-retention');
      const { id: holder } = await product.db('holder').first<{ id: string }>('id');
      const { id: definitionId } = await product
        .db('process_version')
        .where({ use_case: 'request-card' })
        .first<{ id: string }>({ id: 'definition_id' });
      const endedAt = new Date('2001-01-01');
      await addRequest(product.db, { holder, state: 'refused', definitionId, endedAt });
      await product.call('admin', 'PUT', '/options/request-data-days', { value: 30 });
      await admin.open('/console/retention');
      await press('Erase what is due now');
      await admin.page.getByRole('dialog').getByRole('button', { name: 'Erase what is due now' }).click();
      await see('Erased: requests 1, cards 0, photos 0');
      expect(refusedByPolicy).toEqual([]);
    },
    longest,
  );
});
