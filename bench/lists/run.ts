import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase, type Knex } from '../../src/kernel/db/database.js';
import { Installation } from '../lib/installation.js';
import { fill, batchId } from './fill.js';
import { firstPage } from './first-page.js';
import { figures, lists, searches } from './lists.js';

export interface ListsOptions {
  readonly cards: number;
  readonly rounds: number;
  readonly say: (line: string) => void;
}

export interface ListsResult {
  /** Milliseconds of the server's own time, from the head of a request to the end of its answer, sign-in included. */
  readonly lists: readonly {
    readonly name: string;
    readonly p50: number;
    readonly p95: number;
    readonly met: boolean;
  }[];
  /** Milliseconds until the console shows cards; null where there is no Chromium. */
  readonly firstPage: { readonly times: readonly number[]; readonly median: number; readonly met: boolean } | null;
  readonly goals: typeof goals;
}

const goals = { listMs: 100, figuresMs: 1_000, firstPageMs: 1_000 } as const;
const cardsOfBatch = 20_000;

interface Page {
  readonly name: string;
  readonly path: string;
}

/** Everything that `npm run bench:lists` measures, on an installation of its own. */
export async function benchLists({ cards, rounds, say }: ListsOptions): Promise<ListsResult> {
  const installation = await Installation.start([], say, { env: { LOG_LEVEL: 'debug' } });
  try {
    const db = openDatabase(await installation.ownerUrl(), 2);
    say(`${cards} cards are filled in`);
    await fill(db, cards, Math.min(cards, cardsOfBatch));
    const pages = [
      ...(await pagesOf(db)),
      ...rowPages(Math.min(cards, cardsOfBatch)),
      ...[...searches, ...figures].map((path) => ({ name: path, path })),
    ];
    await db.destroy();
    const asked = await askAll(installation, pages, rounds);
    // The server writes its log a moment later.
    await sleep(1_000);
    const times = await serverTimes(installation);
    const measured = asked.map(({ name, requestIds }) => {
      const sorted = requestIds.map((id) => times.get(id) ?? Number.NaN).sort((one, other) => one - other);
      const p95 = share(sorted, 0.95);
      return {
        name,
        p50: share(sorted, 0.5),
        p95,
        met: p95 <= (figures.includes(name) ? goals.figuresMs : goals.listMs),
      };
    });
    const shown = await firstPage(installation);
    const median = share(
      [...(shown ?? [])].sort((one, other) => one - other),
      0.5,
    );
    return {
      lists: measured,
      firstPage: shown === null ? null : { times: shown, median, met: median <= goals.firstPageMs },
      goals,
    };
  } finally {
    await installation.stop();
  }
}

/** First, middle and last page of each list. */
async function pagesOf(db: Knex): Promise<Page[]> {
  const pages: Page[] = [];
  for (const { path, from, order, position } of lists) {
    const {
      rows: [total],
    } = await db.raw<{ rows: { count: number }[] }>(`select count(*)::integer as count from ${from}`);
    const count = total?.count ?? 0;
    pages.push({ name: `${path} first`, path });
    for (const [name, offset] of [
      ['middle', Math.floor(count / 2)],
      ['last', Math.max(0, count - 51)],
    ] as const) {
      const {
        rows: [row],
      } = await db.raw<{ rows: { position: unknown }[] }>(
        `select ${position} as position from ${from} order by ${order} offset ${offset} limit 1`,
      );
      if (row !== undefined)
        pages.push({
          name: `${path} ${name}`,
          path: `${path}${path.includes('?') ? '&' : '?'}cursor=${cursorOf(row.position)}`,
        });
    }
  }
  return pages;
}

/** Pages of the rows of a large batch order. */
function rowPages(rows: number): Page[] {
  const path = `/batch-orders/${batchId}/rows`;
  return [
    { name: '/batch-orders/{id}', path: `/batch-orders/${batchId}` },
    { name: '/batch-orders/{id}/rows first', path },
    { name: '/batch-orders/{id}/rows?state=failed', path: `${path}?state=failed` },
    { name: '/batch-orders/{id}/rows last', path: `${path}?cursor=${cursorOf(Math.max(1, rows - 50))}` },
  ];
}

function cursorOf(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** Asks for each page in turn, one at a time, in rounds; one round more warms connections, plans and caches. */
async function askAll(
  installation: Installation,
  pages: readonly Page[],
  rounds: number,
): Promise<{ name: string; requestIds: string[] }[]> {
  const ids = new Map<string, string[]>(pages.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, path } of pages) {
      const { status, requestId } = await installation.ask('admin', path);
      if (status !== 200) throw new Error(`${path}: ${status}`);
      if (round > 0) ids.get(name)?.push(requestId);
    }
  }
  return [...ids].map(([name, requestIds]) => ({ name, requestIds }));
}

/** Milliseconds by the id of the request, as the server has logged them. */
async function serverTimes({ directory }: Installation): Promise<Map<string, number>> {
  const lines = (await readFile(join(directory, 'logs', 'server.log'), 'utf8')).split('\n');
  return new Map(
    lines.flatMap((line) => {
      if (!line.includes('"msg":"request"')) return [];
      const { requestId, ms } = JSON.parse(line.slice(line.indexOf('{'))) as { requestId: string; ms: number };
      return [[requestId, ms] as const];
    }),
  );
}

/** @param sorted smallest first */
function share(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}
