/**
 * `npm run bench:requests -- [--count N] [--kill] [--json FILE]`: requests over the API, half without and half with
 * approval (approved over the API), on an installation of its own. Each has to reach its end state, none twice, and
 * engine and database have to agree. With `--kill`, worker, server and engine are killed (-9) in the middle.
 */
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { engineCeiling, prepareCeiling } from './lib/engine-ceiling.js';
import { Installation, type PartName } from './lib/installation.js';
import { inParallel } from './lib/pool.js';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '500' },
    kill: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const half = Math.floor(Number(values.count) / 2);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const installation = await Installation.start(['--enable', 'request-card=without-approval'], say);
let failed = false;
try {
  const figures = await run();
  for (const [name, value] of Object.entries(figures))
    say(`${name.padEnd(44)}${typeof value === 'number' ? value.toFixed(2).replace(/\.00$/, '') : value}`);
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(figures, null, 2)}\n`);
} catch (error) {
  failed = true;
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
} finally {
  await installation.stop();
}
process.exitCode = failed ? 1 : 0;

async function run(): Promise<Record<string, number | string>> {
  await importHolders(2 * half);
  await prepareCeiling(installation.engine);
  // Both sides warm up before either is measured.
  await engineCeiling(installation.engine, 100);
  const ceilingBefore = values.kill ? 0 : await engineCeiling(installation.engine, half);

  const without = await phase('without-approval', numbers(0, half), async () => undefined);
  const withApproval = await phase('with-approval', numbers(half, 2 * half), approve);
  const ceilingAfter = values.kill ? 0 : await engineCeiling(installation.engine, half);
  const ceiling = (ceilingBefore + ceilingAfter) / 2;
  return {
    ...(await verify([...without.ids, ...withApproval.ids])),
    'seconds without approval': without.seconds,
    'seconds with approval': withApproval.seconds,
    ...(values.kill
      ? {}
      : {
          'requests/s without approval': half / without.seconds,
          'requests/s with approval, decision included': half / withApproval.seconds,
          'engine ceiling, start + external task /s': ceiling,
          'without approval ÷ ceiling': half / without.seconds / ceiling,
          'with approval ÷ ceiling': half / withApproval.seconds / ceiling,
        }),
  };
}

function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => `B-${from + index + 1}`);
}

async function importHolders(count: number): Promise<void> {
  const rows = numbers(0, count).map(
    (number) => `${number},Bench,Person ${number},${number}@example.org,${number}@upn.example.org,Bench,active`,
  );
  const csv = `employee_number,given_name,family_name,email,upn,department,state\n${rows.join('\n')}\n`;
  const { status, body } = await installation.call('admin', 'POST', '/holders/import', csv);
  if (status >= 300) throw new Error(`The holders were not imported: ${JSON.stringify(body)}`);
}

/** Requests a card for each holder and sees every request to its end; kills parts on the way if asked to. */
async function phase(
  variant: string,
  holders: readonly string[],
  decide: (id: string) => Promise<unknown>,
): Promise<{ ids: string[]; seconds: number }> {
  await installation.callUntilAnswered('admin', 'PUT', '/use-cases/request-card', { enabled: true, variant });
  const kills: PartName[] = values.kill ? ['worker', 'server', 'engine'] : [];
  let done = 0;
  const began = performance.now();
  const ids = await inParallel(holders, 8, async (holder) => {
    const due = kills[0];
    if (due !== undefined && done >= (holders.length / 4) * (4 - kills.length)) {
      kills.shift();
      say(`killing the ${due}`);
      await installation.kill(due);
    }
    const { status, body } = await installation.callUntilAnswered(
      'operator',
      'POST',
      '/card-requests',
      { holder, cardType: 'visitor' },
      { 'idempotency-key': `bench-${holder}` },
    );
    if (status !== 202) throw new Error(`${holder}: ${status} ${JSON.stringify(body)}`);
    await decide(body.id as string);
    done += 1;
    return body.id as string;
  });
  await approvedAll(ids);
  return { ids, seconds: (performance.now() - began) / 1_000 };
}

/** Approves as soon as the request waits; a repeat after a lost answer finds it decided. */
async function approve(id: string): Promise<void> {
  for (const deadline = Date.now() + 180_000; Date.now() < deadline; await sleep(50)) {
    const { status, body } = await installation.callUntilAnswered('approver', 'POST', `/card-requests/${id}/decision`, {
      decision: 'approve',
    });
    if (status === 200 || status === 202) return;
    const waits =
      body.code === 'already-decided' &&
      (await installation.callUntilAnswered('approver', 'GET', `/card-requests/${id}`)).body.state !== 'approved';
    if (!waits) return;
  }
  throw new Error(`${id} could not be approved.`);
}

async function approvedAll(ids: readonly string[]): Promise<void> {
  const open = new Set(ids);
  for (const deadline = Date.now() + 180_000; ; await sleep(20)) {
    for (const id of (await listAll('/card-requests?state=approved')).map((item) => item.id)) open.delete(id);
    if (open.size === 0) return;
    if (Date.now() > deadline)
      throw new Error(`${open.size} requests did not reach their end, for example ${[...open][0]}.`);
  }
}

async function listAll(path: string): Promise<{ id: string; processInstanceId: string | null }[]> {
  const items = [];
  for (let cursor = ''; ;) {
    const { status, body } = await installation.callUntilAnswered('admin', 'GET', `${path}&limit=200${cursor}`);
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    items.push(...body.items);
    if (body.next === null) return items;
    cursor = `&cursor=${body.next}`;
  }
}

/** Counts on both sides; throws where they disagree. */
async function verify(ids: readonly string[]): Promise<Record<string, number>> {
  const requests = await listAll('/card-requests?state=approved');
  const cards = await listAll('/cards?state=approved');
  const instances = requests.map((request) => request.processInstanceId);
  const { engine } = installation;
  const call = <T>(path: string, query: Record<string, string | boolean>) =>
    engine.call<T>({ user: 'card-server', path, query });
  await untilNoInstanceRuns();
  const finished = await inParallel(
    instances,
    8,
    async (id) =>
      (await call<{ state: string }[]>('/history/process-instance', { processInstanceId: id ?? '' }))[0]?.state,
  );
  const incidents = await call<{ count: number }>('/incident/count', {});
  const counts = {
    'requests made': new Set(ids).size,
    'requests approved (database)': requests.length,
    'cards approved (database)': cards.length,
    'process instances completed (engine)': finished.filter((state) => state === 'COMPLETED').length,
    'process instances, each of one request': new Set(instances).size,
    'incidents (engine)': incidents.count,
  };
  const { 'incidents (engine)': none, ...equal } = counts;
  if (none !== 0 || Object.values(equal).some((count) => count !== 2 * half)) {
    throw new Error(`The counts do not agree: ${JSON.stringify(counts, null, 2)}`);
  }
  return counts;
}

async function untilNoInstanceRuns(): Promise<void> {
  for (const deadline = Date.now() + 120_000; ; await sleep(200)) {
    const { count } = await installation.engine.call<{ count: number }>({
      user: 'card-server',
      path: '/process-instance/count',
    });
    if (count === 0) return;
    if (Date.now() > deadline) throw new Error(`${count} process instances still run.`);
  }
}
