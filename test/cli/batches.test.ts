import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { placeRound } from '../../src/batches/batch-ordering.js';
import type { Knex } from '../../src/kernel/db/database.js';
import { groups, technicalAccounts } from '../../src/domain/roles.js';
import { bootstrapEngine } from '../../src/engine/bootstrap.js';
import { EngineClient } from '../../src/engine/client.js';
import { recordVersions } from '../../src/variants/use-cases/use-case-store.js';
import { draftOf, running } from '../fixtures/batches.js';
import { chooseDefinition, issuing, switchUseCase, variants, versionOf } from '../fixtures/installation.js';
import { say } from '../fixtures/productions.js';
import { approvedCards } from '../fixtures/requests.js';
import { lentEngine } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
import { startInstallation, type TestInstallation } from './support/installation.js';
import { cards as run, type TerminalOptions } from './support/terminal.js';
import { addAccount } from '../fixtures/accounts.js';

const CARDS_PASSWORD = 'a good test password';
const account = `cli-producer-${process.pid}`;
const operator = `cli-operator-${process.pid}`;
const approver = `cli-approver-${process.pid}`;

let installation: TestInstallation;
let db: Knex;
let files: string;

beforeAll(async () => {
  const { engineUrl, door } = await lentEngine();
  const engine = new EngineClient(new URL(engineUrl).origin, door);
  await eventually('groups and grants are there', 60_000, async () => {
    await bootstrapEngine(engine, technicalAccounts.server, {});
    return true;
  });
  for (const [id, group] of [
    [account, groups.producer],
    [operator, groups.operator],
    [approver, groups.approver],
  ] as const) {
    await addAccount(engine, id, { password: CARDS_PASSWORD, groups: [group] });
  }
  installation = await startInstallation({ engine });
  db = installation.database.knex;
  files = mkdtempSync(join(tmpdir(), 'cards-files-'));
}, 180_000);
beforeEach(async () => {
  await installation.database.clear();
  await issuing(db);
  await switchUseCase(db, 'issue-multiple-cards', true);
});
afterAll(async () => {
  rmSync(files, { recursive: true });
  await installation.close();
});

/** As the administrator at the machine. */
const cards = (line: string, options: TerminalOptions = {}) =>
  run(line, { DATA_DIR: installation.dataDirectory, INIT_CWD: files, ...options });
/** As a production operator. */
const produce = (line: string, options: TerminalOptions = {}) =>
  cards(`${line} --user ${account}`, { CARDS_PASSWORD, ...options });

const file = (name: string, lines: readonly string[]): string => {
  writeFileSync(join(files, name), lines.join('\n'));
  return name;
};
const [first, second, third] = [0, 1, 2] as const;

/** A batch order in its review: the first of its cards has failed. */
async function reviewing(count = 3): Promise<string[]> {
  const chosen = await approvedCards(db, count);
  await running(db, chosen);
  await say(db, chosen.slice(1), 'produced');
  await say(db, chosen.slice(0, 1), 'failed');
  return chosen;
}

describe('batch order', () => {
  test('takes ids of cards from a file, or a filter, and says how to continue', async () => {
    const chosen = await approvedCards(db, 3);
    const { code, stdout } = await produce(
      `batch order --label May --file ${file('cards.txt', [chosen[first] ?? '', '', `${chosen[second]}\r`])}`,
    );
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'Batch order 1 is ordered. Follow it: npm run cards -- batch show 1 --watch\n',
    });
    expect(
      (await produce('batch order --department testing --search person --approved-before 2999-01-01')).stdout,
    ).toContain('Batch order 2 is ordered.');
    const listed = JSON.parse((await cards('--json batch list')).stdout);
    expect(listed.items.map(({ counts, label }: any) => [counts.chosen, label])).toEqual([
      [3, ''],
      [2, 'May'],
    ]);
  });

  test('takes ids from standard input, and names lines that are none', async () => {
    const [card] = await approvedCards(db, 1);
    expect((await produce('batch order --file -', { input: `${card}\n` })).code).toBe(0);
    expect(await produce(`batch order --file ${file('wrong.txt', [card ?? '', 'V000001', '', '12'])}`)).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^Not the id of a card: line 2 \(V000001\), line 4 \(12\): give one id a line, .+\n$/,
      ),
    });
    expect(await produce(`batch order --file ${file('blank.txt', ['', ' '])}`)).toMatchObject({
      code: 2,
      stderr: 'blank.txt names no card: give one id a line.\n',
    });
    expect(await produce('batch order --file nowhere.txt')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('give another file'),
    });
  });

  test('is refused with the reason where there is nothing to order', async () => {
    expect(await produce('batch order --all')).toMatchObject({
      code: 1,
      stderr: 'No approved card matches, so there is nothing to order.\n',
    });
    expect(await produce('batch order --card-type nothing')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no card type "nothing". There are: '),
    });
  });

  test('is no work for administrators, and says whose it is', async () => {
    await approvedCards(db, 1);
    const refusal = {
      code: 4,
      stdout: '',
      stderr: 'This is for production operators: sign in as one with --user, for example --user producer.\n',
    };
    expect(await cards('batch order --all')).toEqual(refusal);
    await reviewing();
    for (const line of ['repeat 1', 'complete 1', 'cancel 1 --reason Left'])
      expect(await cards(`batch ${line}`)).toEqual(refusal);
    expect(JSON.parse((await cards('--json batch complete 1')).stderr)).toMatchObject({
      code: 'forbidden',
      status: 403,
    });
  });
});

describe('batch request and decide', () => {
  const request = (line: string, options: TerminalOptions = {}) =>
    cards(`batch request ${line} --user ${operator}`, { CARDS_PASSWORD, ...options });

  /** Request card enabled with approval, and the diagram that does it for many. */
  async function enabled(): Promise<string[]> {
    for (const id of ['request-card', 'request-multiple-cards', 'issue-card'] as const)
      await switchUseCase(db, id, true);
    await recordVersions(db, [versionOf('request-multiple-cards', 'with-approval')]);
    await chooseDefinition(db, variants.withApproval.definitionId);
    await approvedCards(db, 3);
    return db('holder')
      .where({ state: 'active' })
      .orderBy('employee_number')
      .limit(3)
      .pluck<string[]>('employee_number');
  }

  test('request from a file, also a CSV, and by a filter; a person who cannot get a card is named', async () => {
    const [one, two] = await enabled();
    const asked = await request(
      `--card-type visitor --label May --file ${file('holders.csv', ['name;employee_number', `A;${one}`, `B;${two}`, 'C;X-0'])}`,
    );
    expect(asked).toEqual({
      code: 0,
      stdout: 'Batch order 1 is requested. Follow it: npm run cards -- batch show 1\n',
      stderr: '',
    });
    expect((await cards('batch show 1')).stdout).toContain('0 of 2 cards approved, 1 skipped');
    expect((await cards('batch rows 1 --state skipped')).stdout).toMatch(/3 +skipped +X-0 .*No such card holder/);
    expect((await request('--card-type visitor --department testing')).code).toBe(0);
    expect(await request('--card-type visitor --search nobody')).toMatchObject({
      code: 1,
      stderr: 'There is nobody to request a card for.\n',
    });
  });

  test('usage and refusals say what to do', async () => {
    await enabled();
    expect(await request('--card-type visitor')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('For whom? Choose in one way'),
    });
    expect(await request(`--card-type visitor --file ${file('blank.txt', ['', ' '])}`)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('blank.txt names no card holder'),
    });
    expect(await cards('batch request --card-type visitor --all')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('This is for operators: sign in as one with --user'),
    });
    expect(await request('--card-type visitor --all')).toMatchObject({ code: 0 });
    const decide = (line: string) => cards(`batch decide 1 ${line} --user ${approver}`, { CARDS_PASSWORD });
    expect(await decide('')).toMatchObject({ code: 2, stderr: expect.stringContaining('Give --approve or --reject') });
    expect(await decide('--approve --except three')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('write the place, = and the reason'),
    });
    expect(await decide('--approve --except 2=left')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('just being registered'),
    });
  });
});

describe('batch list, show and rows', () => {
  test('show administrators the state of batch orders', async () => {
    await draftOf(db, []);
    const [failed] = await reviewing();
    expect((await cards('batch list')).stdout).toMatch(
      /^Number +Name +State +Cards +Owner +Made +Id\n2 +Test +reviewing +2 of 3 cards produced, 1 failed +producer +20[-\d]+ [:\d]+ UTC +[0-9a-f-]{36}\n$/,
    );
    expect((await cards('batch list --state draft')).stdout).toMatch(/\n1 +Test +draft /);
    const { id } = await db('batch_order').where({ number: 2 }).first('id');
    for (const name of ['2', id]) {
      expect((await cards(`batch show ${name}`)).stdout).toBe(
        [
          'Batch order 2 "Test" of producer: reviewing.',
          '2 of 3 cards produced, 1 failed.',
          'The first failure: Sample Person 1: Card jam',
          'Next: npm run cards -- batch repeat 2, batch complete 2 or batch cancel 2 --reason …',
          '',
        ].join('\n'),
      );
    }
    const { stdout } = await cards('batch rows 2 --state failed');
    expect(stdout).toMatch(
      new RegExp(`^Place +State +Card holder .*\n1 +failed +Sample Person 1 +\\S+ +C\\d+ +${failed} +Card jam\n$`),
    );
    const paged = await cards('batch rows 2 --limit 2');
    const [, cursor = ''] = /--cursor (\S+)\n$/.exec(paged.stdout) ?? [];
    expect((await cards(`batch rows 2 --limit 2 --cursor ${cursor}`)).stdout).toMatch(/\n3 +produced /);
    expect(await cards('batch rows 2 --output rows.csv')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(join(files, 'rows.csv'), 'utf8')).toContain(`\r\n1,failed,${failed},`);
    expect(await cards('batch rows 2 --output nowhere/rows.csv')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('give another file with --output'),
    });
  });

  test('know no batch order of another number or id', async () => {
    expect(await cards('batch show 77')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'There is no batch order 77: see npm run cards -- batch list.\n',
    });
    expect(await cards('batch show 00000000-0000-4000-8000-000000000000')).toMatchObject({
      code: 1,
      stderr: 'There is no such batch order.\n',
    });
    expect((await cards('batch show nonsense')).code).toBe(1);
  });

  test('show --watch prints each step until the round has ended', async () => {
    const chosen = await approvedCards(db, 2);
    await running(db, chosen);
    const watching = cards('batch show 1 --watch');
    await say(db, chosen, 'produced');
    const { code, stdout } = await watching;
    expect(code).toBe(0);
    expect(stdout).toMatch(/Batch order 1 "Test" of producer: completed\.\n2 of 2 cards produced\.\n$/);
    expect((await cards('--json batch show 1 --watch')).stdout).toMatch(/^\{/);
  });
});

describe('batch repeat, complete and cancel', () => {
  test('repeat orders what has failed again: all of it, or what a file names, with badly printed ones', async () => {
    const chosen = await reviewing();
    const { id } = await db('batch_order').first('id');
    const spoilt = file('spoilt.txt', [chosen[third] ?? '']);
    expect(
      await produce(
        `batch repeat 1 --file ${file('again.txt', [chosen[first] ?? ''])} --spoilt ${spoilt} --reason Stripes`,
      ),
    ).toEqual({
      code: 0,
      stdout: 'Round 2 of batch order 1 is ordered.\n',
      stderr: '',
    });
    await placeRound(db, id, 2);
    expect(await db('batch_row').where({ batch_id: id, state: 'ordered' }).orderBy('ordinal').pluck('card_id')).toEqual(
      [chosen[first], chosen[third]],
    );
    expect(await produce('batch repeat 1')).toMatchObject({
      code: 1,
      stderr: 'The batch order is running, so it cannot be repeated.\n',
    });
  });

  test('complete leaves failed cards as they are, cancel withdraws them', async () => {
    await reviewing();
    expect((await produce('batch complete 1')).stdout).toBe('Batch order 1 is completed.\n');
    const [card] = await reviewing();
    expect((await produce('batch cancel 2 --reason Left')).stdout).toBe(
      'What could still be withdrawn of batch order 2 is withdrawn.\n',
    );
    expect((await db('card').where({ id: card }).first('state')).state).toBe('cancelled');
  });
});
