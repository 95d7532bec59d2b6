import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { moment } from '../../src/cli/arguments.js';
import { enabledSentence, listLines } from '../../src/cli/commands/use-cases.js';
import { parseValue } from '../../src/cli/commands/options.js';
import { table } from '../../src/cli/table.js';
import { listen } from '../support/listen.js';
import { makeDataDirectory } from './support/installation.js';
import { cards } from './support/terminal.js';
import { freePort } from '../../launcher/ports.js';

const oneLine = /^[^\n]+\n$/;
const groups = ['use-case', 'option', 'batch', 'holders', 'mails', 'audit'];
const commands = [
  'use-case list',
  'use-case enable',
  'use-case disable',
  'option list',
  'option set',
  'batch order',
  'batch show',
  'holders import',
  'mails list',
  'audit list',
];

describe('help', () => {
  test.each(['', ...groups, ...commands])('of "%s"', async (level) => {
    const { code, stdout, stderr } = await cards(`${level} --help`);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: npm run cards -- ${level}`.trim());
    for (const part of ['Exit codes:', '--json', '--url', '--user']) expect(stdout).toContain(part);
    expect(stderr).toBe('');
  });

  test('of the whole names every command and variable', async () => {
    const { stdout } = await cards('--help');
    for (const word of [...groups, 'DATA_DIR', 'CARDS_PASSWORD']) expect(stdout).toContain(word);
  });

  test.each(['', ...groups])('is shown for "%s" without a command, as a wrong use', async (level) => {
    const { code, stderr } = await cards(level);
    expect(code).toBe(2);
    expect(stderr).toContain('Usage:');
  });
});

describe('a wrong use is refused in one line with the cure', () => {
  test.each([
    'use-cases list',
    'use-case lst',
    'use-case enable',
    'use-case enable request-card --variants x',
    'use-case enable request-card --version 0',
    'use-case list extra',
    'option set approval-time-limit',
    'audit list --limit 201',
    'batch order',
    'batch order --all --department Testing',
    'batch repeat 1 --spoilt cards.txt',
    'batch cancel 1',
    'batch rows 1 --state broken',
    'audit list --from yesterday',
    'audit list --from 2026-02-31T25:00',
    'use-case list --url https://cards.example',
    'use-case list --user admin --url ftp://cards.example',
    'use-case list --user admin --url https://cards.example/path',
    'use-case list --user admin --url http://cards.example',
  ])('%s', async (line) => {
    const { code, stdout, stderr } = await cards(line, { CARDS_PASSWORD: 'x' });
    expect(stderr).toMatch(oneLine);
    expect(stderr).toMatch(/: (add|give|your) /);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('a slip of the pen is mended by a suggestion', async () => {
    expect((await cards('use-case lst')).stderr).toContain('Did you mean list?');
  });
});

describe('an installation that is not there', () => {
  const remove: (() => void)[] = [];
  const dataDirectory = (local: string) => {
    const directory = makeDataDirectory();
    remove.push(directory.remove);
    directory.ready(local);
    return directory.path;
  };
  afterAll(() => {
    for (const each of remove) each();
  });

  test('because nothing was started', async () => {
    const { code, stderr } = await cards('use-case list');
    expect(code).toBe(3);
    expect(stderr).toBe('No installation runs in /nonexistent/data: start it with npm start, or set DATA_DIR.\n');
  });

  test('because it was killed', async () => {
    const DATA_DIR = dataDirectory(`http://127.0.0.1:${await freePort()}`);
    const { code, stderr } = await cards('use-case list', { DATA_DIR });
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /^http:\/\/\S+ does not answer \(ECONNREFUSED\): start the installation with npm start\.\n$/,
    );
  });

  test('because something else answers there', async () => {
    const other = await listen((_request, response) => response.writeHead(502).end('<html>'));
    const { code, stderr } = await cards('use-case list', { DATA_DIR: dataDirectory(other.url) });
    expect(code).toBe(3);
    expect(stderr).toMatch(/ answers 502 in foreign words: check the address\.\n$/);
    await other.close();
  });

  test('as far as its data directory says', async () => {
    const damaged = dataDirectory('http://127.0.0.1:9');
    writeFileSync(join(damaged, 'secrets.json'), '{"postgresPassword": "…"}');
    expect(await cards('use-case list', { DATA_DIR: damaged })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/secrets\.json is not of this version: stop .+\n$/),
    });

    const unreadable = dataDirectory('http://127.0.0.1:9');
    rmSync(join(unreadable, 'secrets.json'));
    mkdirSync(join(unreadable, 'secrets.json'));
    expect(await cards('use-case list', { DATA_DIR: unreadable })).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/\(EISDIR\): run this as the user it belongs to, or sign in with --user\.\n$/),
    });
  });
});

describe('the password', () => {
  const options = '--url https://127.0.0.1:9 --user admin';

  test('is not asked for where there is no terminal', async () => {
    expect(await cards(`use-case list ${options}`)).toEqual({
      code: 2,
      stdout: '',
      stderr: 'There is no terminal to ask for the password: set CARDS_PASSWORD.\n',
    });
  });

  test('is not shown while it is typed', async () => {
    const { code, stdout, stderr } = await cards(`use-case list ${options}`, { typed: 'not to be seen\r' });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/^Password of admin: \nhttps:\S+ does not answer \(.+\): check the address, .+\n$/);
  });

  test('Ctrl-C at the prompt ends the command', async () => {
    const { code, stderr } = await cards(`use-case list ${options}`, { typed: 'abc\u0003' });
    expect({ code, stderr }).toEqual({ code: 130, stderr: 'Password of admin: \n' });
  });
});

describe('words', () => {
  test('a variant of another name is named', () => {
    const sentence = enabledSentence({ name: 'Request card', variant: 'two-approvals', version: 3 });
    expect(sentence).toMatch(/^Request card is enabled in the variant two-approvals \(version 3\)\. /);
  });

  test('all use cases that the interface lists are listed', () => {
    const variants = [{ id: 'one', version: 1 }];
    const off = { enabled: false, variant: null, version: null, cardTypes: {}, variants };
    const lines = listLines(['later', 'issue-card'].map((id) => ({ id, name: id, ...off })));
    expect(lines.slice(1, 3).map((line) => line.split(' ')[0])).toEqual(['later', 'issue-card']);
    expect(lines.at(-1)).toContain('npm run cards -- use-case enable later --variant one');
    expect(listLines([{ id: 'issue-card', name: 'Issue card', ...off }]).at(-1)).toMatch(/ enable issue-card$/);
  });

  test.each([
    ['P3D', 'P3D'],
    ['none', null],
    ['true', true],
    ['false', false],
    ['6', 6],
    ['-1', -1],
    ['constructor', 'constructor'],
    ['', ''],
  ])('the value %s', (text, value) => expect(parseValue(text)).toBe(value));

  test('a date or a time goes to the installation as it is written, which reads it in its own zone', () => {
    for (const text of ['2026-01-31', '2026-01-31T08:00', '2026-01-31T08:00+01:00']) expect(moment(text)).toBe(text);
    expect(() => moment('31.1.2026')).toThrow('Give a date such as 2026-01-31');
  });

  test('a table keeps one line a row, for any content', () => {
    const lines = table(
      ['Name', 'N'],
      [
        ['Zoë\nX', 1],
        [null, null],
        ['\u001b[2J𝔸', 22],
      ],
    );
    expect(lines).toEqual(['Name   N', 'Zoë X  1', '–      –', '[2J𝔸   22']);
  });
});
