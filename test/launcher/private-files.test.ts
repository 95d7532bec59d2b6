import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataDirectory, dataDirectory } from '../../launcher/data-directory.js';
import { firstAccounts, openFirstPasswords, passwordTable } from '../../launcher/first-accounts.js';
import { openSecrets } from '../../launcher/secrets.js';
import { StartFailure } from '../../launcher/start-failure.js';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'launcher-files-'));
});
afterEach(() => rmSync(parent, { recursive: true }));

const mode = (path: string) => statSync(path).mode & 0o777;

describe('data directory', () => {
  test('belongs to its owner only', () => {
    const directory = dataDirectory(join(parent, 'a', 'data'));
    createDataDirectory(directory);
    for (const path of [directory.path, directory.logs, directory.run]) expect(mode(path)).toBe(0o700);
  });

  test('a file in its place is refused with the cure', () => {
    writeFileSync(join(parent, 'data'), '');
    expect(() => createDataDirectory(dataDirectory(join(parent, 'data')))).toThrow(/EEXIST.*set DATA_DIR to another one/);
  });
});

describe('secrets', () => {
  test('are made once, each its own, readable by the owner only', () => {
    const path = join(parent, 'secrets.json');
    const secrets = openSecrets(path);
    expect(new Set(Object.values(secrets)).size).toBe(5);
    expect(mode(path)).toBe(0o600);
    expect(openSecrets(path)).toEqual(secrets);
  });

  test('a loosened mode is taken back', () => {
    const path = join(parent, 'secrets.json');
    openSecrets(path);
    chmodSync(path, 0o644);
    openSecrets(path);
    expect(mode(path)).toBe(0o600);
  });

  test('a damaged file is not replaced but reported', () => {
    const path = join(parent, 'secrets.json');
    writeFileSync(path, '{"postgresPassword": "short"}');
    expect(() => openSecrets(path)).toThrow(StartFailure);
    expect(readFileSync(path, 'utf8')).toContain('short');
  });
});

describe('first passwords', () => {
  const path = () => join(parent, 'first-accounts.json');

  test('are random, kept for the owner, and shown until they were seen once', () => {
    const first = openFirstPasswords(path(), undefined);
    const passwords = Object.values(first.forServer ?? {});
    expect(Object.keys(first.forServer ?? {})).toEqual(Object.keys(firstAccounts));
    expect(new Set(passwords).size).toBe(7);
    for (const password of passwords) expect(password).toMatch(/^([a-hj-km-np-z2-9]{5}-){3}[a-hj-km-np-z2-9]{5}$/);
    expect(mode(path())).toBe(0o600);

    const failedBefore = openFirstPasswords(path(), undefined);
    expect(failedBefore.toShow).toEqual(first.forServer);
    failedBefore.settle();
    const later = openFirstPasswords(path(), undefined);
    expect(later).toMatchObject({ toShow: null, forServer: first.forServer });
  });

  test('a given one is for all, never written down and never shown', () => {
    const first = openFirstPasswords(path(), 'opensesame');
    expect(new Set(Object.values(first.forServer ?? {}))).toEqual(new Set(['opensesame']));
    expect(first.toShow).toBeNull();
    first.settle();
    expect(readFileSync(path(), 'utf8')).not.toContain('opensesame');
    expect(openFirstPasswords(path(), undefined)).toMatchObject({ toShow: null, forServer: null });
  });

  test('the table holds only accounts that were made just now', () => {
    const passwords = { admin: 'a-password', operator: 'o-password' };
    expect(passwordTable(passwords)).toHaveLength(2);
    expect(passwordTable(passwords, ['operator'])).toEqual(['  operator   o-password  requests cards']);
  });
});
