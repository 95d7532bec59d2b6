/** The head of the chain outside the database: what anchors prove, and what happens to their file. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { SecurityEvents } from '../../src/kernel/security-events.js';
import { AnchorFile, fileSource } from '../../src/records/audit/anchors/anchor-file.js';
import type { AnchorPlace } from '../../src/records/audit/anchors/anchor.js';
import { auditHealth } from '../../src/records/audit/audit-health.js';
import { appendAudit } from '../../src/records/audit/audit-store.js';
import { acknowledgeAlarm, readOpenAlarm } from '../../src/records/audit/alarms/alarm-store.js';
import { AuditKeeper } from '../../src/records/audit/sealing/audit-keeper.js';
import { readHead } from '../../src/records/audit/sealing/audit-sealer.js';
import { AuditKeys } from '../../src/records/audit/signing/audit-keys.js';
import { verifyAudit } from '../../src/records/audit/verification/verify-audit.js';
import { auditEnvironment, readConfig } from '../../src/kernel/config.js';
import type { Knex } from '../../src/kernel/db/database.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { anchorsOf, testKeys } from './sealed-log.js';

let database: TestDatabase;
let db: Knex;
let folder: string;
let path: string;
/** Those of the test, which end with it. */
let keepers: AuditKeeper[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.knex;
});
afterAll(() => database.drop());

beforeEach(async () => {
  await database.clear();
  folder = mkdtempSync(join(tmpdir(), 'cards-anchors-'));
  path = join(folder, 'anchors.jsonl');
});
afterEach(async () => {
  await Promise.all(keepers.map((keeper) => keeper.stop()));
  keepers = [];
  rmSync(folder, { recursive: true });
});

const append = (objectId: string) =>
  appendAudit(db, [{ actor: 'admin', action: 'option-set', objectType: 'option', objectId }]);

const anchors = () => anchorsOf(fileSource(path));

/** Looks with the anchors of the file. */
const verify = (keys: AuditKeys | null = null) => verifyAudit(db, { anchors: [fileSource(path)], keys });

function keyFile(lines: readonly string[]) {
  const file = join(folder, 'keys.txt');
  writeFileSync(file, `# Public keys\n${lines.join('\n')}\n`);
  return { AUDIT_KEYS_FILE: file };
}

interface KeeperOptions {
  readonly lines?: Record<string, unknown>[];
  readonly places?: readonly AnchorPlace[];
  readonly keys?: AuditKeys | null;
}

function keeperOf({ lines = [], places = [new AnchorFile(path)], keys = null }: KeeperOptions = {}): AuditKeeper {
  const log = logInto(lines);
  const keeper = new AuditKeeper({ db, log, security: new SecurityEvents({ log }), places, keys });
  keepers.push(keeper);
  return keeper;
}

function logInto(lines: Record<string, unknown>[]) {
  return pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) });
}

async function sealedRows(): Promise<number> {
  return (await verifyAudit(db)).rows;
}

async function asAttacker(sql: string): Promise<void> {
  await db.transaction(async (trx) => {
    await trx.raw(`set local session_replication_role = 'replica'`);
    await trx.raw(sql);
  });
}

test('a server seals by itself, anchors the head, and does so again after it was started anew', async () => {
  const lines: Record<string, unknown>[] = [];
  const keeper = keeperOf({ lines });
  await keeper.start();
  await append('one');
  await eventually('the first row is anchored', 20_000, async () => (await anchors()).length === 1);
  await eventually('the log has the head', 20_000, () => lines.length > 0);
  expect(lines).toMatchObject([{ ...(await readHead(db)), msg: 'head of the audit log' }]);
  await append('two');
  await keeper.stop();
  expect(await anchors()).toMatchObject([{ block: '1' }, await readHead(db)]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const next = keeperOf({ lines });
  await next.start();
  await append('three');
  await next.stop();
  expect((await anchors()).map((anchor) => anchor?.block)).toEqual(['1', '2', '3']);
  expect(await verify()).toMatchObject({
    intact: true,
    anchors: { count: 3, provenTo: '3' },
  });
  expect(lines.filter(({ level }) => level !== 30)).toEqual([]);
});

test('of several servers one seals, and each anchors what it sees', async () => {
  const other = join(folder, 'other.jsonl');
  const both = [path, other].map((file) => keeperOf({ places: [new AnchorFile(file)] }));
  for (const keeper of both) await keeper.start();
  await append('one');
  await eventually('both have anchored', 20_000, () =>
    [path, other].every((file) => readFileSync(file, 'utf8').includes('"block":"1"')),
  );
  for (const keeper of both) await keeper.stop();
  expect(await sealedRows()).toBe(1);
});

test('a server without a file of anchors seals all the same', async () => {
  const keeper = keeperOf({ places: [] });
  await keeper.start();
  await append('one');
  await eventually('the row is sealed', 20_000, async () => (await sealedRows()) === 1);
  await keeper.stop();
});

test('a chain that is not what was anchored raises an alarm, and is sealed and anchored no further', async () => {
  const first = keeperOf();
  await first.start();
  await append('one');
  await first.stop();
  await asAttacker(`delete from audit; delete from audit_block`);
  const lines: Record<string, unknown>[] = [];
  const keeper = keeperOf({ lines });
  await append('another');
  await keeper.start();
  await eventually('the alarm is raised', 20_000, async () => (await readOpenAlarm(db)) !== null);
  await append('more');
  await keeper.stop();
  expect(lines.filter(({ level }) => level === 50)).toMatchObject([
    { block: '1', msg: expect.stringContaining('audit verify') as unknown },
  ]);
  expect(lines.filter(({ event }) => event === 'audit-alarm')).toHaveLength(1);
  expect(await anchors()).toHaveLength(1);
  expect((await verify()).findings).toMatchObject([{ kind: 'chain-rewritten', block: '1' }]);
  expect(await db('audit_unsealed').pluck('id')).toHaveLength(1);
  expect(auditHealth(keeper.state)).toMatchObject({
    status: 'down',
    detail: expect.stringContaining('acknowledge') as unknown,
  });
});

describe('an alarm', () => {
  /** A log of two rows, of which the first was altered, and the server that seals it. */
  async function alarmed(): Promise<AuditKeeper> {
    const keeper = keeperOf();
    await keeper.start();
    await append('one');
    await eventually('it is anchored', 20_000, async () => (await anchors()).length === 1);
    await asAttacker(`update audit set actor = 'somebody'`);
    await keeper.raise((await verify()).findings);
    return keeper;
  }

  const acknowledge = async () => {
    const alarm = await readOpenAlarm(db);
    await db.transaction((trx) => acknowledgeAlarm(trx, alarm?.id ?? '1', 'admin', 'A restore went wrong'));
  };

  test('stops sealing until it is acknowledged, which is on record; the same finding raises none again', async () => {
    const keeper = await alarmed();
    await append('two');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await verifyAudit(db)).unsealed.rows).toBe(1);
    await acknowledge();
    await eventually('both rows are sealed', 20_000, async () => (await sealedRows()) === 3);
    expect(await db('audit').where({ action: 'audit-alarm-acknowledged' }).first()).toMatchObject({
      actor: 'admin',
      details: { findings: 1, kinds: ['row-edited'], reason: 'A restore went wrong' },
    });
    expect(await keeper.raise((await verify()).findings)).toBeNull();
    expect((await verify()).findings).toMatchObject([{ kind: 'row-edited', row: '1' }]);
    expect(auditHealth(keeper.state).status).toBe('up');
    await asAttacker(`update audit set actor = 'somebody' where id = 2`);
    expect((await keeper.raise((await verify()).findings))?.findings).toMatchObject([{ kind: 'row-edited', row: '2' }]);
    await keeper.stop();
  });

  test('holds for every server, and outlives them', async () => {
    await (await alarmed()).stop();
    const other = keeperOf({ places: [] });
    await append('two');
    await other.start();
    await other.stop();
    expect(other.state.alarm).toMatchObject({ findingCount: 1 });
    expect((await verifyAudit(db)).unsealed.rows).toBe(1);
    await acknowledge();
    const next = keeperOf({ places: [] });
    await next.start();
    await next.stop();
    expect((await verifyAudit(db)).unsealed.rows).toBe(0);
  });

  test('is raised once, also when several find the same at once, and acknowledged once', async () => {
    const keeper = await alarmed();
    const { findings } = await verify();
    await Promise.all([keeper.raise(findings), keeperOf().raise(findings), keeperOf().raise(findings)]);
    expect(await db('audit_alarm').pluck('id')).toEqual(['1']);
    await acknowledge();
    await expect(acknowledge()).rejects.toThrow('no such alarm');
    await keeper.stop();
  });

  test('is raised where the newest block was altered, before anything is chained to it', async () => {
    const keeper = keeperOf({ places: [] });
    await append('one');
    await keeper.start();
    await asAttacker(`update audit_block set ids[1] = ids[1] + 100`);
    await append('two');
    await eventually('the alarm is raised', 20_000, async () => (await readOpenAlarm(db)) !== null);
    expect(await db('audit_block').pluck('number')).toEqual(['1']);
    expect((await readOpenAlarm(db))?.findings).toMatchObject([{ kind: 'block-edited', block: '1' }]);
    await keeper.stop();
  });

  test('is raised for a row that was gone before it could be sealed', async () => {
    await append('one');
    await append('two');
    await asAttacker('delete from audit where id = 1');
    const keeper = keeperOf({ places: [] });
    await keeper.start();
    expect(keeper.state.alarm?.findings).toMatchObject([{ kind: 'row-deleted', row: '1' }]);
    await keeper.stop();
  });

  test('is not raised by a place that cannot be reached', async () => {
    const keeper = keeperOf();
    const { findings } = await verifyAudit(db, { anchors: [fileSource(folder)], keys: null });
    expect(findings).toMatchObject([
      { kind: 'anchor-unreachable', message: expect.stringContaining('EISDIR') as unknown },
    ]);
    expect(await keeper.raise(findings)).toBeNull();
  });
});

describe('anchors that are not what they were', () => {
  beforeEach(async () => {
    const keeper = keeperOf();
    await keeper.start();
    for (const name of ['one', 'two', 'three']) {
      await append(name);
      await eventually('it is sealed', 20_000, async () => (await verifyAudit(db)).unsealed.rows === 0);
      const head = await readHead(db);
      await eventually('it is anchored', 20_000, () => readFileSync(path, 'utf8').includes(head?.hash ?? ''));
    }
    await keeper.stop();
  });

  /** What a server that starts finds. */
  async function foundAtStart() {
    const keeper = keeperOf();
    await keeper.start();
    await append('more');
    await eventually('the alarm is raised', 20_000, async () => (await readOpenAlarm(db)) !== null);
    await keeper.stop();
    return (await readOpenAlarm(db))?.findings;
  }

  test('a missing file is a finding, for who verifies and for the server that starts', async () => {
    rmSync(path);
    const name = new AnchorFile(path).name;
    const named = { anchors: [new AnchorFile(path).source], keys: null };
    expect((await verifyAudit(db, named)).findings).toMatchObject([{ kind: 'anchor-missing', object: name }]);
    expect(await foundAtStart()).toMatchObject([{ kind: 'anchor-missing', object: name }]);
  });

  test('an older copy is a finding, for who verifies and for the server that starts', async () => {
    const [first = ''] = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, `${first}\n`);
    const named = { anchors: [new AnchorFile(path).source], keys: null };
    expect((await verifyAudit(db, named)).findings).toMatchObject([
      { kind: 'anchor-older', message: expect.stringContaining('of block 1, but block 3') as unknown },
    ]);
    expect(await foundAtStart()).toMatchObject([{ kind: 'anchor-older' }]);
  });

  test('a new place begins without an alarm', async () => {
    const elsewhere = join(folder, 'elsewhere.jsonl');
    const keeper = keeperOf({ places: [new AnchorFile(elsewhere)] });
    await keeper.start();
    await eventually('the head is there', 20_000, async () => (await anchorsOf(fileSource(elsewhere))).length === 1);
    await keeper.stop();
    expect(await readOpenAlarm(db)).toBeNull();
  });

  test('blocks that nobody anchored for minutes are reported, but raise no alarm', async () => {
    const [first = ''] = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, `${first}\n`);
    await asAttacker(`update audit_block set sealed_at = sealed_at - interval '1 hour' where number = 2`);
    const { findings } = await verify();
    expect(findings.map(({ kind }) => kind)).toContain('anchor-behind');
    expect(await keeperOf().raise(findings.filter(({ kind }) => kind === 'anchor-behind'))).toBeNull();
  });
});

describe('signatures', () => {
  test('every block is signed from the first start with a key on; the change of a key is on record', async () => {
    const unsigned = keeperOf();
    await unsigned.start();
    await append('one');
    await unsigned.stop();
    const [old, next] = [testKeys('old'), testKeys('next', 'old')];
    for (const keys of [old, next, next]) {
      const keeper = keeperOf({ keys });
      await keeper.start();
      await append('more');
      await keeper.stop();
    }
    const blocks = await db('audit_block').orderBy('number').pluck<(string | null)[]>('key_id');
    expect(blocks[0]).toBeNull();
    expect(new Set(blocks.slice(1))).toEqual(new Set(['old', 'next']));
    const changes = await db('audit').where({ action: 'audit-key-changed' }).orderBy('id').pluck('details');
    expect(changes).toEqual([
      { from: null, to: 'old' },
      { from: 'old', to: 'next' },
    ]);
    expect(await verify(next)).toMatchObject({ intact: true, signed: blocks.length - 1 });
    const publicOnly = new AuditKeys(readConfig(auditEnvironment, keyFile(next.publicLines)).AUDIT_KEYS_FILE ?? []);
    expect(publicOnly.current).toBeUndefined();
    expect(await verify(publicOnly)).toMatchObject({ intact: true, signed: blocks.length - 1 });
    const unknown = (await verify(testKeys('next'))).findings.map(({ kind }) => kind);
    expect(new Set(unknown)).toEqual(new Set(['signature-unknown']));
  });

  test('someone without the key can make the chain anew, but not sign it', async () => {
    const keys = testKeys();
    const keeper = keeperOf({ keys });
    await keeper.start();
    await append('one');
    await keeper.stop();
    await asAttacker(
      `delete from audit_block; truncate audit_unsealed; insert into audit_unsealed select id from audit`,
    );
    const attacker = keeperOf({ places: [] });
    await attacker.start();
    await attacker.stop();
    expect((await verifyAudit(db, { anchors: null, keys })).findings).toMatchObject([{ kind: 'signature-missing' }]);
  });
});

test('an anchor that a crash cut short was never one', async () => {
  const head = { block: '1', hash: 'a'.repeat(64), at: new Date().toISOString() };
  const file = new AnchorFile(path);
  expect(await file.open()).toBeNull();
  await file.append(head);
  await file.close();
  appendFileSync(path, '{"block":"2","ha');
  expect(await anchors()).toMatchObject([head]);
  const again = new AnchorFile(path);
  expect(await again.open()).toEqual(head);
  await again.append({ ...head, block: '2' });
  await again.close();
  expect(await anchors()).toMatchObject([{ block: '1' }, { block: '2' }]);
});

test('lines that are no anchors are reported', async () => {
  writeFileSync(path, `nonsense\n{"block":"1","hash":"${'a'.repeat(64)}"}\n`);
  expect(await anchors()).toEqual([null, null]);
  expect((await verify()).findings).toMatchObject([{ kind: 'anchor-unreadable' }]);
});

test('anchors that are written while someone looks do not count as cut', async () => {
  const keeper = keeperOf();
  await keeper.start();
  let writing = true;
  const write = (async () => {
    while (writing) await append('more');
  })();
  for (let look = 0; look < 15; look += 1) {
    expect((await verify()).findings).toEqual([]);
  }
  writing = false;
  await write;
  await keeper.stop();
}, 120_000);
