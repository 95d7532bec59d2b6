import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Journal } from '../../print-shop/journal.js';

let folder: string;
let path: string;
const open: Journal[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'));
  path = join(folder, 'of', 'a', 'shop', 'journal.jsonl');
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((journal) => journal.close()));
  await rm(folder, { recursive: true });
});

async function reopen(): Promise<{ journal: Journal; entries: unknown[] }> {
  await Promise.all(open.splice(0).map((journal) => journal.close()));
  const opened = await Journal.open(path);
  open.push(opened.journal);
  return opened;
}

test('what was appended is there after the next start, in order', async () => {
  const { journal, entries } = await reopen();
  expect(entries).toEqual([]);
  const written = Array.from({ length: 200 }, (_each, n) => ({ n, text: 'ü\n' }));
  await Promise.all(written.map((entry) => journal.append(entry)));
  expect((await reopen()).entries).toEqual(written);
});

test('a reported entry is in the file, with all before it', async () => {
  const { journal } = await reopen();
  void journal.append({ n: 1 });
  void journal.append({ n: 2 });
  await journal.append({ n: 3 });
  expect(await readFile(path, 'utf8')).toBe('{"n":1}\n{"n":2}\n{"n":3}\n');
  void journal.append({ n: 4 });
  await journal.settled();
  expect(await readFile(path, 'utf8')).toContain('{"n":4}\n');
});

test.each(['{"n":2', '{"n":2}', '{', '\u0000\u0000'])(
  'a last line that was not finished (%j) is as if it had never been',
  async (torn) => {
    await (await reopen()).journal.append({ n: 1 });
    await appendFile(path, torn);
    const { journal, entries } = await reopen();
    expect(entries).toEqual([{ n: 1 }]);
    await journal.append({ n: 3 });
    expect((await reopen()).entries).toEqual([{ n: 1 }, { n: 3 }]);
  },
);

test('a damaged line in the middle is never skipped', async () => {
  await (await reopen()).journal.append({ n: 1 });
  await writeFile(path, '{"n":1}\n{"n"\n{"n":3}\n');
  await expect(Journal.open(path)).rejects.toThrow(/line 2 of .* is damaged: restore/);
});
