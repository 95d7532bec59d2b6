import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, secretsKeysEnvironment, secretsKeysOf } from '../../src/kernel/config.js';
import { firstAccounts } from '../../src/engine/bootstrap.js';
import { createDataDirectory, dataDirectory } from '../../launcher/data-directory.js';
import { openFirstPasswords, passwordTable } from '../../launcher/first-accounts.js';
import { openSecrets, openSecretsKeys } from '../../launcher/secrets.js';
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
    expect(() => createDataDirectory(dataDirectory(join(parent, 'data')))).toThrow(
      /EEXIST.*set DATA_DIR to another one/,
    );
  });
});

describe('secrets', () => {
  test('are made once, each its own, readable by the owner only', () => {
    const path = join(parent, 'secrets.json');
    const secrets = openSecrets(path);
    expect(new Set(Object.values(secrets)).size).toBe(7);
    expect(mode(path)).toBe(0o600);
    expect(openSecrets(path)).toEqual(secrets);
  });

  test('one that a later version needs is added to the kept ones', () => {
    const path = join(parent, 'secrets.json');
    const { cliSecret, ...earlier } = openSecrets(path);
    writeFileSync(path, JSON.stringify(earlier));
    const later = openSecrets(path);
    expect(later).toMatchObject(earlier);
    expect(later.cliSecret).not.toBe(cliSecret);
    expect(openSecrets(path)).toEqual(later);
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

describe('keys of PINs and PUKs', () => {
  test('are made once, readable by the owner only, in the form that settings take', () => {
    const path = openSecretsKeys(join(parent, 'secrets-keys.txt'));
    const text = readFileSync(path, 'utf8');
    expect(mode(path)).toBe(0o600);
    expect(secretsKeysOf(readConfig(secretsKeysEnvironment, { SECRETS_KEYS_FILE: path }))).toEqual([
      { id: expect.stringMatching(/^k-[0-9a-f]{8}$/), key: expect.any(Buffer) },
    ]);
    expect(readFileSync(openSecretsKeys(path), 'utf8')).toBe(text);
  });
});

describe('first passwords', () => {
  const path = () => join(parent, 'first-accounts.json');
  const all = firstAccounts.map(({ id }) => id);

  test('are random, each its own, kept for the owner', () => {
    const { forServer } = openFirstPasswords(path(), undefined);
    const passwords = Object.values(forServer ?? {});
    expect(Object.keys(forServer ?? {})).toEqual(all);
    expect(new Set(passwords).size).toBe(7);
    for (const password of passwords) expect(password).toMatch(/^([a-hj-km-np-z2-9]{5}-){3}[a-hj-km-np-z2-9]{5}$/);
    expect(mode(path())).toBe(0o600);
  });

  test('are shown once, and a settled account is not made again', () => {
    const first = openFirstPasswords(path(), undefined);
    expect(first.settle(all)).toEqual(first.forServer);
    const later = openFirstPasswords(path(), undefined);
    expect(later.forServer).toBeNull();
    expect(later.settle([])).toEqual({});
  });

  test('those of a start that failed stay in force', () => {
    const failed = openFirstPasswords(path(), undefined);
    const next = openFirstPasswords(path(), 'opensesame');
    expect(next.forServer).toEqual(failed.forServer);
    expect(next.settle([])).toEqual(failed.forServer);
  });

  test('accounts that existed before are not shown with passwords they do not have', () => {
    const first = openFirstPasswords(path(), undefined);
    expect(first.settle(['operator'])).toEqual({ operator: first.forServer?.['operator'] });
  });

  test('a given one is for all, never written down and never shown', () => {
    const first = openFirstPasswords(path(), 'opensesame');
    expect(first.forServer).toEqual(Object.fromEntries(all.map((account) => [account, 'opensesame'])));
    expect(first.settle(all)).toEqual({});
    expect(readFileSync(path(), 'utf8')).not.toContain('opensesame');
  });

  test('the table names account, password and group', () => {
    expect(passwordTable({ operator: 'o-password', admin: 'a-password' })).toEqual([
      '  admin     a-password  card-admins',
      '  operator  o-password  card-operators',
    ]);
  });
});
