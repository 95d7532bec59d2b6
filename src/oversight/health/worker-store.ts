import type { Knex } from '../../kernel/db/database.js';

/** A worker that has said nothing for so long counts as gone (seconds). */
const goneAfter = 20;

export interface WorkerState {
  readonly id: string;
  readonly ready: boolean;
  readonly problems: readonly string[];
}

/** Records that a worker runs and its state; called every few seconds. Workers gone for a day are forgotten. */
export async function reportWorker(db: Knex, { id, ready, problems }: WorkerState): Promise<void> {
  await db('worker')
    .insert({ id, ready, problems: [...problems] })
    .onConflict('id')
    .merge({ ready, problems: [...problems], seen_at: db.fn.now() });
  await db('worker').whereRaw(`seen_at < now() - interval '1 day'`).delete();
}

/** A worker that ends in good order is not missed. */
export async function forgetWorker(db: Knex, id: string): Promise<void> {
  await db('worker').where({ id }).delete();
}

/** The workers that run now. */
export async function readWorkers(db: Knex): Promise<WorkerState[]> {
  return db('worker')
    .whereRaw('seen_at > now() - make_interval(secs => ?)', [goneAfter])
    .orderBy('id')
    .select<WorkerState[]>('id', 'ready', 'problems');
}
