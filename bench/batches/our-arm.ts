import { setTimeout as sleep } from 'node:timers/promises';
import { ok } from '../lib/production-installation.js';
import type { BatchPlace } from './setup.js';

const patienceMs = 300_000;

/** Where the time of one batch order went (ms). Cards are placed, handed over and made side by side. */
export interface Phases {
  /** The call of the API: rows, rules, answer. */
  readonly asked: number;
  /** Outbox, start in the engine, and the task to order. */
  readonly engine: number;
  /** Until the last card was in the print ledger. */
  readonly placed: number;
  /** From the first card in the ledger to the first call of the print shop. */
  readonly firstCall: number;
  /** From the first call of the print shop to the last result, which ends the batch order. */
  readonly made: number;
}

export interface BatchRun {
  readonly id: string;
  readonly seconds: number;
  readonly cardsPerSecond: number;
  readonly phases: Phases;
}

/** Orders a batch over the API and waits until its last card is issued and it has completed by itself. */
export async function orderBatch({ installation, db }: BatchPlace, cardIds: readonly string[]): Promise<BatchRun> {
  const began = performance.now();
  const { body } = await ok(
    installation.call('producer', 'POST', '/batch-orders', { kind: 'issue', label: 'Bench', cardIds }),
  );
  const asked = performance.now() - began;
  const id = body.id as string;
  for (const deadline = Date.now() + patienceMs; ; await sleep(10)) {
    const { state } = await db('batch_order').where({ id }).first<{ state: string }>('state');
    if (state === 'completed') break;
    if (state === 'reviewing' || Date.now() > deadline)
      throw new Error(`The batch order ${id} is ${state} after ${Math.round(performance.now() - began)} ms.`);
  }
  const seconds = (performance.now() - began) / 1_000;
  return { id, seconds, cardsPerSecond: cardIds.length / seconds, phases: { asked, ...(await phasesOf(db, id)) } };
}

async function phasesOf(db: BatchPlace['db'], id: string): Promise<Omit<Phases, 'asked'>> {
  const { rows } = await db.raw<{ rows: Omit<Phases, 'asked'>[] }>(
    `select extract(epoch from min(o.ordered_at) - b.round_began_at) * 1000 as engine, extract(epoch from max(o.ordered_at) - min(o.ordered_at)) * 1000 as placed,
       extract(epoch from min(o.call_began_at) - min(o.ordered_at)) * 1000 as "firstCall",
       extract(epoch from b.ended_at - min(o.call_began_at)) * 1000 as made
     from batch_order b join production_order o on o.batch_id = b.id where b.id = ? group by b.id`,
    [id],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`The batch order ${id} has ordered nothing.`);
  return Object.fromEntries(Object.entries(row).map(([name, ms]) => [name, Number(ms)])) as unknown as Omit<
    Phases,
    'asked'
  >;
}

/** Histories of the engine that count its steps, by the name under which they are printed. */
const histories = {
  activities: 'activity-instance',
  'external tasks, their changes': 'external-task-log',
  jobs: 'job-log',
  variables: 'variable-instance',
} as const;

export type Steps = Readonly<Record<keyof typeof histories, number>>;

/** What the engine did for a batch order, by its own history, once its process has ended, and what that called. */
export async function engineSteps({ installation: { engine } }: BatchPlace, id: string): Promise<Steps> {
  const user = 'card-server';
  for (const deadline = Date.now() + patienceMs; ; await sleep(50)) {
    const instances = await engine.call<{ id: string; state: string }[]>({
      user,
      path: '/history/process-instance',
      query: { processInstanceBusinessKey: id },
    });
    if (instances.length > 0 && instances.every(({ state }) => state === 'COMPLETED')) {
      const countOf = async (path: string, processInstanceId: string) =>
        (await engine.call<{ count: number }>({ user, path: `/history/${path}/count`, query: { processInstanceId } }))
          .count;
      const counts = Object.entries(histories).map(async ([name, path]) => {
        const each = await Promise.all(instances.map(({ id: instance }) => countOf(path, instance)));
        return [name, each.reduce((sum, count) => sum + count, 0)] as const;
      });
      return Object.fromEntries(await Promise.all(counts)) as Steps;
    }
    if (Date.now() > deadline) throw new Error(`The process of the batch order ${id} does not end.`);
  }
}
