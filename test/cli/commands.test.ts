import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { recordVersions } from '../../src/variants/use-cases/use-case-store.js';
import { seedReferenceData } from '../../src/sample-data/seed.js';
import { enqueueMail } from '../../src/records/mail/mail-outbox.js';
import { startInstallation, type TestInstallation } from './support/installation.js';
import { cards as run, type TerminalOptions } from './support/terminal.js';
import { variants } from '../fixtures/installation.js';

let installation: TestInstallation;
let files: string;
beforeAll(async () => {
  installation = await startInstallation();
  files = mkdtempSync(join(tmpdir(), 'cards-files-'));
});
afterAll(async () => {
  rmSync(files, { recursive: true });
  await installation.close();
});

const cards = (line: string, options: TerminalOptions = {}) =>
  run(line, { DATA_DIR: installation.dataDirectory, ...options });

describe('use-case', () => {
  test('list says that at least one must be enabled, and how', async () => {
    const { code, stdout } = await cards('use-case list');
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        'Use case                State     Chosen variant (version)  Variants (newest version)',
        'request-card            disabled  –                         with-approval (1), without-approval (1)',
        'issue-card              disabled  –                         –',
        'issue-multiple-cards    enabled   –                         –',
        'request-multiple-cards  disabled  –                         –',
        '',
        'At least one use case must be enabled: npm run cards -- use-case enable request-card --variant with-approval',
        '',
      ].join('\n'),
    );
  });

  test('enable asks for a variant where none was chosen before', async () => {
    expect(await cards('use-case enable request-card')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'Choose a variant of Request card. There are: with-approval, without-approval.\n',
    });
  });

  test('enable says what has changed', async () => {
    const { code, stdout } = await cards('use-case enable request-card --variant with-approval');
    expect(stdout).toBe('Request card is enabled with approval (version 1). Operators can start it in Tasklist.\n');
    expect(code).toBe(0);
  });

  test('list names a version that is not released, and release releases it', async () => {
    await recordVersions(installation.database.knex, [variants.withApproval2]);
    const release = 'use-case release request-card --variant with-approval --version 2';
    const hint = `Version 2 of with-approval is not released yet: npm run cards -- ${release}\n`;
    expect((await cards('use-case list')).stdout).toContain(hint);
    expect((await cards(`${release} --reason Reviewed`)).stdout).toBe(
      'Version 2 of with-approval is released: new requests take it.\n',
    );
    expect((await cards('use-case list')).stdout).not.toContain('not released');
  });

  test('undo goes back, and once more forth; the history shows all of it', async () => {
    expect((await cards('use-case undo request-card')).stdout).toBe(
      'Request card is enabled in the variant with-approval (1).\n',
    );
    expect((await cards('use-case undo request-card')).stdout).toContain('with-approval (2)');
    const { stdout } = await cards('use-case history request-card');
    expect(stdout.split('\n')[0]).toMatch(/^When +Who +State +Variant \(version\) +Reason$/);
    expect(stdout).toMatch(/enabled +with-approval \(2\) +Reviewed/);
    expect(stdout).toMatch(/system +disabled/);
  });

  test('a card type may have a variant of its own', async () => {
    await seedReferenceData(installation.database.knex);
    const own = await cards('use-case card-type request-card contractor --variant without-approval');
    expect(own.stdout).toBe(
      'Request card is enabled in the variant with-approval (2), contractor in without-approval (1).\n',
    );
    expect((await cards('use-case list')).stdout).toContain('contractor: without-approval (1)');
    expect((await cards('use-case card-type request-card contractor --follow')).stdout).not.toContain('contractor');
    expect((await cards('use-case card-type request-card contractor')).code).toBe(2);
  });

  test('disable of the last one is refused in one line', async () => {
    expect(await cards('use-case disable request-card')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'Request card or Issue card must stay enabled. Enable the other one first.\n',
    });
  });

  test('Issue card is enabled without a variant: which one applies follows from Request card', async () => {
    expect(await cards('use-case enable issue-card --variant directly')).toMatchObject({
      code: 1,
      stderr: 'Nobody chooses how Issue card is done: enable it without a variant.\n',
    });
    expect((await cards('use-case enable issue-card')).stdout).toBe(
      'Issue card is enabled. It can be started in Tasklist.\n',
    );
    expect((await cards('use-case disable issue-card')).code).toBe(0);
  });

  test('an unknown one is refused with those that there are', async () => {
    expect(await cards('use-case enable request-cards --variant x')).toMatchObject({
      code: 1,
      stderr:
        'There is no use case request-cards. There are: request-card, issue-card, issue-multiple-cards, request-multiple-cards.\n',
    });
  });

  test('answers programs in JSON, refusals on standard error', async () => {
    const listed = JSON.parse((await cards('use-case list --json')).stdout);
    expect(listed).toMatchObject({
      items: [
        { id: 'request-card', enabled: true, version: 2 },
        { id: 'issue-card', enabled: false },
        { id: 'issue-multiple-cards', enabled: true },
        { id: 'request-multiple-cards', enabled: true },
      ],
      next: null,
    });
    const refused = await cards('--json use-case disable request-card');
    expect(JSON.parse(refused.stderr)).toMatchObject({ code: 'last-use-case', status: 409 });
    expect(refused).toMatchObject({ code: 1, stdout: '' });
  });
});

describe('option', () => {
  test('set and list', async () => {
    const set = await cards('option set approval-time-limit P3D');
    expect(set).toMatchObject({ code: 0, stdout: 'Option approval-time-limit is P3D from now on.\n' });
    const { stdout } = await cards('option list');
    expect(stdout).toMatch(/^Option +Value +Default +Meaning\napproval-time-limit +P3D +none +How long/);
    const unset = await cards('option set approval-time-limit none');
    expect(unset.stdout).toBe('Option approval-time-limit is none from now on.\n');
  });

  test('a value outside its rule and an unknown option are refused with the cure', async () => {
    const wrong = await cards('option set approval-time-limit 3');
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('such as P3D') });
    const unknown = await cards('option set time-limit P3D');
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('approval-time-limit') });
  });
});

describe('holders import', () => {
  const header = 'employee_number,given_name,family_name,email,upn,department,state';
  const row = (number: number, state = 'active') =>
    `${number},Ada,Sample ${number},a${number}@example.org,a${number}@example.org,IT,${state}`;
  const good = [header, row(1), row(2), ''].join('\n');

  test('a dry run reports what would happen and changes nothing', async () => {
    writeFileSync(join(files, 'people.csv'), good);
    const { code, stdout } = await cards('holders import people.csv --dry-run', { INIT_CWD: files });
    expect(stdout).toBe('Nothing was imported yet. It would be: 2 created, 0 changed, 0 unchanged.\n');
    expect(code).toBe(0);
    expect(await installation.database.knex('holder')).toEqual([]);
  });

  test('imports a file, and again from standard input', async () => {
    expect(await cards(`holders import ${join(files, 'people.csv')}`)).toMatchObject({
      code: 0,
      stdout: 'Imported: 2 created, 0 changed, 0 unchanged.\n',
    });
    expect(await cards('holders import -', { input: [header, row(1, 'inactive'), row(2)].join('\n') })).toMatchObject({
      stdout: 'Imported: 0 created, 1 changed, 1 unchanged.\n',
    });
  });

  test('shows the bad rows as a table, and nothing is imported', async () => {
    const input = [header, row(3), row(4, 'gone'), 'x,y'].join('\n');
    const { code, stdout, stderr } = await cards('holders import -', { input });
    expect(stdout).toBe(
      [
        'Row  Field  Problem',
        '3    state  must be active or inactive',
        '4    –      has 2 fields instead of 7',
        '',
        '',
      ].join('\n'),
    );
    expect(stderr).toMatch(/^There are 2 mistakes in the file, so nothing was imported\. .+\n$/);
    expect(code).toBe(1);
    expect(await installation.database.knex('holder')).toHaveLength(2);
  });

  test('counts the bad rows that it does not show', async () => {
    const bad = Array.from({ length: 130 }, (_, index) => row(index + 10, 'gone'));
    const { stdout } = await cards('holders import -', { input: [header, ...bad].join('\n') });
    expect(stdout).toMatch(/\n… and 30 more\n\n$/);
  });

  test('sends a file of megabytes as it is read, and one that is too large is refused', async () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => row(index));
    writeFileSync(join(files, 'many.csv'), [header, ...rows].join('\n'));
    const many = await cards('holders import many.csv --dry-run', { INIT_CWD: files });
    expect(many.stdout).toContain('19998 created, 1 changed, 1 unchanged');
    writeFileSync(join(files, 'large.csv'), 'x'.repeat(30_000_000));
    const large = await cards('holders import large.csv', { INIT_CWD: files });
    expect(large).toMatchObject({ code: 1, stderr: expect.stringContaining('larger') });
  });

  test('a file that is missing, a directory or empty is refused without asking the server', async () => {
    writeFileSync(join(files, 'empty.csv'), '');
    for (const file of ['missing.csv', '.', 'empty.csv']) {
      const { code, stderr } = await cards(`holders import ${file}`, { INIT_CWD: files });
      expect(code).toBe(2);
      expect(stderr).toMatch(/^[^\n]+: give .+\n$/);
    }
  });
});

describe('lists', () => {
  test('audit list names who was at the machine, and filters', async () => {
    const { stdout } = await cards('audit list --action option-set --from 2020-01-01');
    const rows = stdout.trim().split('\n').slice(1);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatch(/^20[-\d]+ [:\d]+ UTC  cli:\S+  option-set  option approval-time-limit  –/);
    expect(rows[0]).toContain(`cli:${userInfo().username} `);
    expect((await cards('audit list --to 2020-01-01')).stdout.trim().split('\n')).toHaveLength(1);
  });

  test('leads from page to page', async () => {
    const first = await cards('audit list --limit 1');
    const [, cursor = ''] = /--cursor (\S+)\n$/.exec(first.stdout) ?? [];
    const second = await cards(`audit list --limit 1 --cursor ${cursor}`);
    expect(second.code).toBe(0);
    expect(second.stdout.split('\n')[1]).not.toBe(first.stdout.split('\n')[1]);
  });

  test('mails list shows the outbox; text from elsewhere does not steer the terminal', async () => {
    const subject = 'Your request\u009b31m was approved';
    await enqueueMail(installation.database.knex, [
      { eventKey: 'one', toAccount: 'operator', subject, body: '', linkPath: '/' },
    ]);
    const { stdout } = await cards('mails list --state pending');
    expect(stdout).toMatch(/\n20[-\d]+ [:\d]+ UTC  operator  Your request 31m was approved  pending  0      –\n$/);
    expect((await cards('mails list --state sent')).stdout.trim().split('\n')).toHaveLength(1);
    expect(await cards('mails list --state gone')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^state: .+\n$/),
    });
  });
});
