import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { seededRandom } from '../lib/random.js';
import { databaseUrls } from '../lib/canary-search.js';
import { untilNoInstanceRuns } from '../lib/production-ordeal.js';
import { Killer } from '../lib/killer.js';
import { ok } from '../lib/production-installation.js';
import { Installation } from '../lib/installation.js';
import { judgeRequests, type Ordeal, type RequestVerdict } from './request-judge.js';

export interface RequestChaosOptions {
  readonly seed: number;
  /** Card holders of each batch order. */
  readonly holders: number;
  readonly kills: number;
  /** Between two kills: shortest and longest (ms). */
  readonly betweenMs: readonly [number, number];
  /** How long a batch order may take from step to step (ms). */
  readonly patienceMs: number;
  readonly say: (line: string) => void;
}

/** One of so many is not approved. */
const exceptionEvery = 10;
/** What becomes of the batch orders, in turn: all but the exceptions approved, all rejected, all aborted. */
const endings = ['approve', 'reject', 'cancel'] as const;

/**
 * One batch of requests after the other is registered and decided while worker, server and process engine are killed, until
 * all kills are done.
 * @throws Error when a batch order does not continue in time
 */
export async function runRequestChaos(options: RequestChaosOptions): Promise<RequestVerdict> {
  const { seed, kills, betweenMs, say } = options;
  const installation = await Installation.start(['--enable', 'request-card=with-approval'], say, {
    env: { SAMPLE_DATA: 'demo' },
  });
  const db = new pg.Client({ connectionString: (await databaseUrls(installation)).cards });
  await db.connect();
  try {
    const killer = new Killer({
      installation,
      victims: ['worker', 'server', 'engine'],
      random: seededRandom(seed),
      kills,
      betweenMs,
      say,
    });
    const killing = killer.run();
    const ordeals: Ordeal[] = [];
    while (killer.done < kills || ordeals.length < endings.length)
      ordeals.push(await suffer(installation, ordeals.length, options));
    await killing;
    await untilNoInstanceRuns({ installation }, 90_000);
    const { figures, faults } = await judgeRequests(installation, db, ordeals);
    return {
      faults,
      figures: {
        ...figures,
        ...Object.fromEntries(Object.entries(killer.killed).map(([part, times]) => [`kills of the ${part}`, times])),
      },
    };
  } finally {
    await db.end();
    await installation.stop();
  }
}

/** One batch order from the call that requests it until it has ended. */
async function suffer(
  installation: Installation,
  index: number,
  { holders, patienceMs, say }: RequestChaosOptions,
): Promise<Ordeal> {
  const department = `Ordeal ${index + 1}`;
  const people = Array.from({ length: holders }, (_, at) => `O-${index + 1}-${at + 1}`);
  const rows = people.map(
    (number) =>
      `${number},Ordeal,Person ${number},${number}@example.org,${number}@upn.example.org,${department},active`,
  );
  await ok(
    installation.callUntilAnswered(
      'admin',
      'POST',
      '/holders/import',
      `employee_number,given_name,family_name,email,upn,department,state\n${rows.join('\n')}\n`,
    ),
  );
  const request = { kind: 'request', label: department, cardType: 'visitor', filter: { department } };
  const { body } = await ok(
    installation.callUntilAnswered('operator', 'POST', '/batch-orders', request, {
      'idempotency-key': `ordeal-${index + 1}`,
    }),
  );
  const id = body.id as string;
  const ending = endings[index % endings.length] ?? 'approve';
  await reached(installation, id, 'running', patienceMs);
  await end(installation, id, ending, holders);
  await reached(installation, id, 'completed', patienceMs);
  say(`${department}: ${ending}`);
  const exceptions = ending === 'approve' ? Math.ceil(holders / exceptionEvery) : 0;
  return {
    id,
    department,
    holders,
    approved: ending === 'approve' ? holders - exceptions : 0,
    rejected: ending === 'reject' ? holders : exceptions,
    aborted: ending === 'cancel' ? holders : 0,
  };
}

async function end(
  installation: Installation,
  id: string,
  ending: (typeof endings)[number],
  holders: number,
): Promise<void> {
  const exceptions = Array.from({ length: Math.ceil(holders / exceptionEvery) }, (_, at) => ({
    row: at * exceptionEvery + 1,
    reason: 'Has left.',
  }));
  const reason = 'Not needed any more.';
  const { status, body } = await {
    approve: () =>
      installation.callUntilAnswered('approver', 'POST', `/batch-orders/${id}/decide`, {
        decision: 'approve',
        exceptions,
      }),
    reject: () =>
      installation.callUntilAnswered('approver', 'POST', `/batch-orders/${id}/decide`, { decision: 'reject', reason }),
    cancel: () => installation.callUntilAnswered('operator', 'POST', `/batch-orders/${id}/cancel`, { reason }),
  }[ending]();
  // The answer to a repeat of a call that was carried out and whose answer was lost.
  if (status >= 300 && status !== 409) throw new Error(`${ending}: ${status} ${JSON.stringify(body)}`);
}

async function reached(installation: Installation, id: string, wanted: string, patienceMs: number): Promise<void> {
  for (const deadline = Date.now() + patienceMs; ; await sleep(100)) {
    const { body } = await installation.callUntilAnswered('operator', 'GET', `/batch-orders/${id}`);
    if (body.state === wanted) return;
    if (Date.now() > deadline) throw new Error(`The batch order ${id} is ${body.state}, not ${wanted}.`);
  }
}
