/** The head of the chain outside the database: what anchors prove, and what happens to their file. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { appendAudit } from '../../src/records/audit/audit-store.js';
import { AnchorFile, anchorsUntilNow, type Anchor } from '../../src/records/audit/sealing/anchor-file.js';
import { AuditKeeper } from '../../src/records/audit/sealing/audit-keeper.js';
import { readHead } from '../../src/records/audit/sealing/audit-sealer.js';
import { verifyAudit } from '../../src/records/audit/verification/verify-audit.js';
import { JobLoop } from '../../src/kernel/job.js';
import type { Logger } from '../../src/kernel/log.js';
import type { Knex } from '../../src/kernel/db/database.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';

let database: TestDatabase;
let db: Knex;
let folder: string;
let path: string;

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
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const append = (objectId: string) =>
  appendAudit(db, [{ actor: 'admin', action: 'option-set', objectType: 'option', objectId }]);

async function anchors(): Promise<(Anchor | null)[]> {
  const list = [];
  for await (const anchor of await anchorsUntilNow(path)) list.push(anchor);
  return list;
}

function logInto(lines: Record<string, unknown>[]) {
  return pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) });
}

/** A server that keeps the audit log, as far as that goes. */
async function keep(anchorFile: string | undefined, log: Logger): Promise<JobLoop> {
  const keeper = new AuditKeeper({ db, log, anchorFile });
  await keeper.open();
  const loop = new JobLoop(keeper, log);
  loop.start();
  return loop;
}

async function sealedRows(): Promise<number> {
  return (await verifyAudit(db, null)).rows;
}

async function asAttacker(sql: string): Promise<void> {
  await db.transaction(async (trx) => {
    await trx.raw(`set local session_replication_role = 'replica'`);
    await trx.raw(sql);
  });
}

test('a server seals by itself, anchors the head, and does so again after it was started anew', async () => {
  const lines: Record<string, unknown>[] = [];
  const keeper = await keep(path, logInto(lines));
  await append('one');
  await eventually('the first row is anchored', 20_000, async () => (await anchors()).length === 1);
  expect(lines).toMatchObject([{ ...(await readHead(db)), msg: 'head of the audit log' }]);
  await append('two');
  await keeper.stop();
  expect(await anchors()).toMatchObject([{ block: '1' }, await readHead(db)]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const next = await keep(path, logInto(lines));
  await append('three');
  await next.stop();
  expect((await anchors()).map((anchor) => anchor?.block)).toEqual(['1', '2', '3']);
  expect(await verifyAudit(db, await anchorsUntilNow(path))).toMatchObject({
    intact: true,
    anchors: { count: 3, provenTo: '3' },
  });
  expect(lines.filter(({ level }) => level !== 30)).toEqual([]);
});

test('of several servers one seals, and each anchors what it sees', async () => {
  const other = join(folder, 'other.jsonl');
  const log = pino({ level: 'silent' });
  const keepers = [await keep(path, log), await keep(other, log)];
  await append('one');
  await eventually('both have anchored', 20_000, () =>
    [path, other].every((file) => readFileSync(file, 'utf8').includes('"block":"1"')),
  );
  for (const keeper of keepers) await keeper.stop();
  expect(await sealedRows()).toBe(1);
});

test('a server without a file of anchors seals all the same', async () => {
  const keeper = await keep(undefined, pino({ level: 'silent' }));
  await append('one');
  await eventually('the row is sealed', 20_000, async () => (await sealedRows()) === 1);
  await keeper.stop();
});

test('a chain that is not what was anchored raises an alarm, and is anchored no further', async () => {
  const first = await keep(path, pino({ level: 'silent' }));
  await append('one');
  await first.stop();
  await asAttacker(`delete from audit; delete from audit_block`);
  const lines: Record<string, unknown>[] = [];
  const keeper = await keep(path, logInto(lines));
  await append('another');
  await append('more');
  await keeper.stop();
  expect(lines.filter(({ level }) => level === 50)).toMatchObject([
    { block: '1', msg: expect.stringContaining('audit verify') as unknown },
  ]);
  expect(await anchors()).toHaveLength(1);
  expect((await verifyAudit(db, await anchorsUntilNow(path))).findings).toMatchObject([
    { kind: 'chain-rewritten', block: '1' },
  ]);
});

test('an anchor that a crash cut short was never one', async () => {
  const head = { block: '1', hash: 'a'.repeat(64) };
  const file = await AnchorFile.open(path);
  await file.append(head);
  await file.close();
  appendFileSync(path, '{"block":"2","ha');
  expect(await anchors()).toMatchObject([head]);
  const again = await AnchorFile.open(path);
  expect(again.last).toMatchObject(head);
  await again.append({ ...head, block: '2' });
  await again.close();
  expect(await anchors()).toMatchObject([{ block: '1' }, { block: '2' }]);
});

test('lines that are no anchors are told', async () => {
  writeFileSync(path, `nonsense\n{"block":"1","hash":"${'a'.repeat(64)}"}\n`);
  expect(await anchors()).toEqual([null, null]);
  expect((await verifyAudit(db, await anchorsUntilNow(path))).findings).toMatchObject([{ kind: 'anchor-unreadable' }]);
});

test('anchors that are written while someone looks do not count as cut', async () => {
  const keeper = await keep(path, pino({ level: 'silent' }));
  let writing = true;
  const write = (async () => {
    while (writing) await append('more');
  })();
  for (let look = 0; look < 15; look += 1) {
    expect((await verifyAudit(db, await anchorsUntilNow(path))).findings).toEqual([]);
  }
  writing = false;
  await write;
  await keeper.stop();
}, 120_000);
