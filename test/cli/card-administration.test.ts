import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { rotationLines } from '../../src/cli/commands/secrets.js';
import { setOption } from '../../src/directory/options/options.js';
import { seedReferenceData } from '../../src/sample-data/seed.js';
import { pin, producedCard } from '../fixtures/card-secrets.js';
import { startInstallation, type TestInstallation } from './support/installation.js';
import { cards as run, type TerminalOptions } from './support/terminal.js';

let installation: TestInstallation;
let files: string;
beforeAll(async () => {
  installation = await startInstallation();
  await seedReferenceData(installation.database.knex);
  files = mkdtempSync(join(tmpdir(), 'cards-files-'));
});
afterAll(async () => {
  rmSync(files, { recursive: true });
  await installation.close();
});

const cards = (line: string, options: TerminalOptions = {}) =>
  run(line, { DATA_DIR: installation.dataDirectory, ...options });

describe('card-type', () => {
  test('list says what is missing before cards can be produced, and how to give it', async () => {
    const { code, stdout } = await cards('card-type list');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Card type +Name +Photo +Chip +Months +Layout +Numbers +Backend +Separate producer\nemployee +Employee card +yes +yes +60 +employee +employee +– +no\n/,
    );
    expect(stdout).toContain(
      'Cards of the type visitor cannot be produced yet: npm run cards -- card-type set visitor --backend …\n',
    );
  });

  test('set changes what is named and nothing else', async () => {
    expect(
      await cards('card-type set visitor --validity-months none --separate-producer yes --photo no'),
    ).toMatchObject({
      stderr: '',
      code: 0,
      stdout: expect.stringMatching(
        /^Card type visitor is changed\.\n\n.*\nvisitor +Visitor card +no +no +– +visitor +visitor +– +yes\n/,
      ),
    });
    const listed = JSON.parse((await cards('--json card-type list')).stdout);
    expect(listed.items.find(({ id }: { id: string }) => id === 'visitor')).toMatchObject({
      name: 'Visitor card',
      validityMonths: null,
      separateProducer: true,
      numberRange: 'visitor',
    });
  });

  test('set refuses what is not there, and nothing at all', async () => {
    expect(await cards('card-type set visitor --backend nowhere')).toMatchObject({
      code: 1,
      stderr: 'There is no card production backend "nowhere". There are none yet.\n',
    });
    expect(await cards('card-type set visitor')).toMatchObject({
      code: 2,
      stderr: 'Nothing is to be changed: add --help to see the options.\n',
    });
    expect(await cards('card-type set visitor --chip perhaps')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Give yes or no'),
    });
  });
});

describe('number-range', () => {
  test('add, set and list say what comes next', async () => {
    expect((await cards('number-range add press --prefix P- --digits 3')).stdout).toMatch(
      /^Number range press is added\.\n\n.*\npress +press +P- +3 +– +P-001 +999\n$/,
    );
    expect((await cards('number-range set press --next 998 --name Press')).stdout).toMatch(
      /\npress +Press +P- +3 +– +P-998 +2\n$/,
    );
    expect(await cards('number-range set press --next 7')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('can only grow: it is 998'),
    });
    expect((await cards('number-range list')).stdout).toMatch(/\nemployee +Employee cards +E +6 +– +E000001 +999999\n/);
  });
});

describe('backend', () => {
  test('add, set, list and test', async () => {
    const settings = join(files, 'printer.json');
    writeFileSync(settings, '{"uri": "ipps://printer.example.org/ipp/print"}');
    expect(await cards(`backend add desk --kind ipp --settings ${settings}`)).toEqual({
      code: 0,
      stdout: 'Backend desk is added. Ask it how it is: npm run cards -- backend test desk\n',
      stderr: '',
    });
    expect((await cards('backend set desk --name Desk --simulated yes')).stdout).toMatch(
      /\ndesk +Desk +ipp +simulated +\{"uri":"ipps:\/\/printer\.example\.org\/ipp\/print"\}\n$/,
    );
    expect(
      (await cards('backend set desk --settings -', { input: '{"uri": "ipps://other.example.org/ipp/print"}' })).stdout,
    ).toContain('other.example.org');
    expect((await cards('backend list')).stdout).toContain('other.example.org');
    expect(await cards('backend test desk')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('The settings of Desk cannot be used'),
    });
  });

  test('takes only settings that are a JSON object and fit the kind', async () => {
    expect(await cards('backend set desk --settings -', { input: '[1]' })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Standard input is not a JSON object'),
    });
    expect(await cards('backend add other --kind http --settings -', { input: '{"uri": "x"}' })).toMatchObject({
      code: 1,
    });
    expect(await cards('backend add other --kind fax')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('kind'),
    });
  });
});

describe('secrets', () => {
  test('list and deliver show everything but the secret', async () => {
    const { knex: db } = installation.database;
    const { cardId, cardNumber } = await producedCard(db);
    const listed = await cards('secrets list');
    expect(listed.stdout).toMatch(
      new RegExp(`${cardId} +1 +${cardNumber} +Sample Person H-\\d+ +print +– +produced +–\n`),
    );
    await db.transaction((trx) => setOption(trx, 'admin', 'pin-delivery', 'e-mail'));
    expect(await cards(`secrets deliver ${cardId} 1`)).toEqual({
      code: 0,
      stdout: 'It is under way, as the options pin-delivery and puk-delivery say.\n',
      stderr: '',
    });
    expect(await db('mail').where({ secret_card_id: cardId })).toHaveLength(1);
    expect((await cards('secrets list')).stdout).toMatch(/ e-mail +– +produced /);
    await db('mail').update({ state: 'sent', ended_at: db.fn.now() });
    expect(await cards(`secrets deliver ${cardId} 1`)).toMatchObject({
      code: 1,
      stderr: 'Nothing is left to deliver: it was delivered or erased.\n',
    });
    expect(await db('audit').where({ action: 'secret-delivery-repeated' })).toMatchObject([
      { actor: `cli:${userInfo().username}` },
    ]);
    expect(
      JSON.stringify([
        listed,
        await cards('--json secrets list'),
        await cards('mails list'),
        await cards('--json mails list'),
      ]),
    ).not.toContain(pin);
  });

  test('rotate says what was done and which keys are no longer needed', async () => {
    expect((await cards('secrets rotate')).stdout).toBe('0 secrets were sealed again with the key test.\n');
    expect(
      rotationLines({ currentKey: 'b', resealed: 1, unneededKeys: ['a'], unreadable: [{ key: 'lost', secrets: 2 }] }),
    ).toEqual([
      '1 secret was sealed again with the key b.',
      'The key a is not needed any more: remove it.',
      '2 cannot be read: the key lost is not among the keys of the server. Put it back.',
    ]);
  });
});
