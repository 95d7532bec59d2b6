import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appendAudit } from '../../src/records/audit/audit-store.js';
import { readHead, sealAudit } from '../../src/records/audit/sealing/audit-sealer.js';
import { isoText, timeText } from '../../src/kernel/time-zone.js';
import { startInstallation, type TestInstallation } from './support/installation.js';
import { cards as run, type TerminalOptions } from './support/terminal.js';

let installation: TestInstallation;
let folder: string;

beforeAll(async () => {
  installation = await startInstallation();
  folder = mkdtempSync(join(tmpdir(), 'cards-audit-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await installation.close();
});
beforeEach(() => installation.database.clear());

const cards = (line: string, options: TerminalOptions = {}) =>
  run(line, { DATA_DIR: installation.dataDirectory, INIT_CWD: folder, ...options });
const db = () => installation.database.knex;
const append = (objectId: string, details: Record<string, unknown> = {}) =>
  appendAudit(db(), [{ actor: 'admin', action: 'option-set', objectType: 'option', objectId, details }]);

async function anchor(file: string): Promise<void> {
  writeFileSync(join(folder, file), `${JSON.stringify({ ...(await readHead(db())), at: new Date().toISOString() })}\n`);
}

async function asAttacker(sql: string): Promise<void> {
  await db().transaction(async (trx) => {
    await trx.raw(`set local session_replication_role = 'replica'`);
    await trx.raw(sql);
  });
}

describe('audit verify', () => {
  test('says that the log is whole, what is proven, and what is not sealed yet', async () => {
    await append('one');
    await sealAudit(db(), { keys: installation.auditKeys });
    await append('two');
    const { at } = await db()('audit').where({ id: 2 }).first<{ at: Date }>('at');
    expect(await cards('audit verify')).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        'The audit log is whole: 1 rows in 1 blocks.',
        'It was compared with no anchors: that it was not made anew as a whole, or cut off at its end, is not proven.',
        '1 of the blocks are signed, with keys that are known.',
        `Not sealed yet: 1 rows, the oldest of ${timeText(at)}.`,
        '',
      ].join('\n'),
    });
  });

  test('needs no server: the database and the anchors are enough', async () => {
    await append('one');
    await sealAudit(db());
    await anchor('anchors.jsonl');
    const { code, stdout } = await cards('audit verify --anchor anchors.jsonl', {
      DATABASE_URL: installation.database.url,
      DATA_DIR: '/nonexistent',
    });
    expect(stdout).toBe(
      'The audit log is whole: 1 rows in 1 blocks.\nIt is proven from outside up to block 1, by 1 anchors.\n' +
        'Signatures were not judged: give the public keys with --keys.\n',
    );
    expect(code).toBe(0);
  });

  test.each([
    ['through the server', {}],
    ['without it', { DATABASE_URL: 'own' }],
  ])('names what was done, and the shell gets the exit code, %s', async (_how, options) => {
    for (const name of ['one', 'two', 'three']) await append(name);
    await sealAudit(db(), { keys: installation.auditKeys });
    await asAttacker(`delete from audit where id = 2; update audit set actor = 'nobody' where id = 3`);
    const settings = 'DATABASE_URL' in options ? { DATABASE_URL: installation.database.url } : {};
    expect(await cards('audit verify', settings)).toEqual({
      code: 1,
      stdout: 'Row 2 of block 1 is gone.\nRow 3 of block 1 was changed.\n',
      stderr: 'The audit log was tampered with: 2 findings.\n',
    });
    const { stdout } = await cards('--json audit verify', settings);
    expect(JSON.parse(stdout)).toMatchObject({
      intact: false,
      findings: [
        { kind: 'row-deleted', row: '2', block: '1' },
        { kind: 'row-edited', row: '3' },
      ],
    });
  });

  test('finds a chain that was cut off, by the anchors of the data directory', async () => {
    await append('one');
    await sealAudit(db());
    await append('two');
    await sealAudit(db());
    const { path } = { path: join(installation.dataDirectory, 'audit-anchors.jsonl') };
    writeFileSync(path, `${JSON.stringify({ ...(await readHead(db())), at: new Date().toISOString() })}\n`);
    await asAttacker('delete from audit where id = 2; delete from audit_block where number = 2');
    expect((await cards('audit verify', { DATABASE_URL: installation.database.url })).stdout).toBe(
      'The chain ends with block 1; blocks up to 2 were anchored and are gone.\n',
    );
    rmSync(path);
  });

  test('a file of anchors that is not there is a finding', async () => {
    await append('one');
    await sealAudit(db());
    await asAttacker(`update audit_block set sealed_at = sealed_at - interval '1 hour'`);
    const { code, stdout } = await cards('audit verify --anchor nowhere', { DATABASE_URL: installation.database.url });
    expect(code).toBe(1);
    expect(stdout).toMatch(/There are no anchors in \S+nowhere, although blocks are sealed\./);
  });

  test('judges signatures elsewhere with the public keys that the server prints', async () => {
    await append('one');
    await sealAudit(db(), { keys: installation.auditKeys });
    const { stdout } = await cards('audit keys');
    expect(stdout).toMatch(/^test:public:[A-Za-z0-9+/]{43}=\n$/);
    writeFileSync(join(folder, 'keys.txt'), stdout);
    const elsewhere = { DATABASE_URL: installation.database.url, DATA_DIR: '/nonexistent' };
    const told = await cards('audit verify --keys keys.txt', elsewhere);
    expect(told.stdout).toContain('1 of the blocks are signed, with keys that are known.');
    await asAttacker(`update audit_block set signature = decode(repeat('00', 64), 'hex')`);
    expect(await cards('audit verify --keys keys.txt', elsewhere)).toMatchObject({
      code: 1,
      stdout: 'The signature of block 1 is not one of test.\n',
    });
  });

  test('says in one sentence why it cannot look', async () => {
    expect(await cards('audit verify --anchor a')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('need DATABASE_URL') as string,
    });
    writeFileSync(join(folder, 'no-keys.txt'), 'nonsense\n');
    expect(await cards('audit verify --keys no-keys.txt', { DATABASE_URL: installation.database.url })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('AUDIT_KEYS_FILE has in line 1 no key') as string,
    });
    expect(await cards('audit verify', { DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none' })).toMatchObject({
      code: 3,
      stderr: 'The database cannot be read (ECONNREFUSED): check DATABASE_URL.\n',
    });
  });
});

describe('an alarm', () => {
  test('is shown, and acknowledged with a reason by an administrator, who is on record', async () => {
    for (const name of ['one', 'two']) await append(name);
    await sealAudit(db(), { keys: installation.auditKeys });
    expect((await cards('audit status')).stdout).toMatch(/^The log is being sealed\.\nNewest block: 1, [0-9a-f]{64}\n/);
    expect(await cards('audit acknowledge --reason Looked')).toMatchObject({
      code: 1,
      stderr: 'No alarm waits: the log is being sealed.\n',
    });
    await asAttacker(`update audit set actor = 'nobody' where id = 2`);
    expect((await cards('audit verify')).code).toBe(1);
    const { stdout } = await cards('audit status');
    expect(stdout).toMatch(
      /^Nothing is sealed since .*: 1 findings wait for audit acknowledge\.\n {2}Row 2 of block 1 was changed\.\n/,
    );
    expect(await cards('audit acknowledge')).toMatchObject({ code: 2 });
    expect(await cards('audit acknowledge --reason Looked')).toMatchObject({
      code: 0,
      stdout: 'Acknowledged. The log is sealed again; what was found stays found.\n',
    });
    expect((await cards('audit status')).stdout).toContain('The log is being sealed.');
    expect(await db()('audit').where({ action: 'audit-alarm-acknowledged' }).first()).toMatchObject({
      actor: expect.stringMatching(/^cli:/) as string,
      details: { findings: 1, kinds: ['row-edited'], reason: 'Looked' },
    });
    expect((await cards('audit verify')).code).toBe(1);
    expect((await cards('audit status')).stdout).toContain('The log is being sealed.');
    expect((await cards('audit status')).stdout).toMatch(/Verified last: .+ by cli:\S+, 1 findings\n/);
  });

  test('shows the blocks and who signed them, newest first', async () => {
    for (const name of ['one', 'two', 'three']) {
      await append(name);
      await sealAudit(db(), { keys: name === 'one' ? null : installation.auditKeys });
    }
    const head = await readHead(db());
    const { stdout } = await cards('audit blocks');
    const [, newest = '', , oldest = ''] = stdout.split('\n');
    expect(newest).toMatch(new RegExp(`^3 .* 1 +test +${head?.hash ?? ''}$`));
    expect(oldest).toMatch(/^1 .* 1 +(–|-)? +[0-9a-f]{64}$/);
    expect((await cards('audit blocks --limit 2')).stdout).toContain('--cursor');
  });
});

describe('audit export', () => {
  test('writes CSV that no spreadsheet runs', async () => {
    await append('=cmd|calc!A1', { reason: 'say "no",\nthen go' });
    await append('  @sum(1)');
    const { at } = await db()('audit').where({ id: 1 }).first<{ at: Date }>('at');
    const { stdout, code } = await cards('audit export --to 2999-01-01');
    expect(code).toBe(0);
    const [head, first, second, ...rest] = stdout.split('\r\n');
    expect(head).toBe(
      'id,at,actor,action,object_type,object_id,from_state,to_state,process_key,process_version,details',
    );
    expect(first).toBe(
      `1,${isoText(at)},admin,option-set,option,"'=cmd|calc!A1",,,,,"{""reason"":""say \\""no\\"",\\nthen go""}"`,
    );
    expect(second).toContain(`,"'  @sum(1)",`);
    expect(rest).toEqual(['']);
  });

  test('takes the filters of the list, and writes a file for its owner only', async () => {
    await append('one');
    await append('two');
    expect(await cards('audit export --object-id two --output log.csv')).toEqual({ code: 0, stdout: '', stderr: '' });
    const file = join(folder, 'log.csv');
    expect(readFileSync(file, 'utf8').split('\r\n')).toHaveLength(3);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await cards('audit export --actor nobody')).toMatchObject({
      stdout: expect.stringMatching(/^id[^\n]*\r\n$/) as string,
    });
    expect((await cards('audit export --output nowhere/log.csv')).stderr).toMatch(/cannot be written \(ENOENT\)/);
  });

  test('of many rows leaves none out and writes none twice', async () => {
    await db().raw(
      `insert into audit (actor, action, object_type, object_id) select 'admin', 'option-set', 'option', g::text from generate_series(1, 4321) g`,
    );
    const { stdout } = await cards('audit export');
    const ids = stdout
      .trimEnd()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(',')[0]);
    expect(ids).toEqual(Array.from({ length: 4321 }, (_, at) => String(at + 1)));
  });
});
