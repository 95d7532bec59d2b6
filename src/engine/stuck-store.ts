import type { Knex } from '../kernel/db/database.js';

/** What a process instance follows. */
export type FollowedKind = 'card-request' | 'batch-order' | 'card';

/** Why something has no process and gets none by itself. */
export const stuckCauses = {
  'process-ended': 'Its diagram has ended without doing what it is for',
  'start-refused': 'The process engine cannot start its process',
} as const;

export type StuckCause = keyof typeof stuckCauses;

/** Something open that a person has to look at. */
export interface StuckProcess {
  readonly kind: FollowedKind;
  readonly id: string;
  readonly cause: StuckCause;
  /** What was found, in the words of the diagram or the engine. */
  readonly message: string;
  readonly foundAt: Date;
}

/** Puts it on record. @returns whether it is new */
export async function recordStuck(db: Knex, found: Omit<StuckProcess, 'foundAt'>): Promise<boolean> {
  const message = found.message.slice(0, 1_000);
  const rows = await db('stuck_process')
    .insert({ ...found, message })
    .onConflict(['kind', 'id'])
    .ignore()
    .returning('id');
  return rows.length > 0;
}

/** Its process runs again. @returns whether it was stuck */
export async function forgetStuck(db: Knex, kind: FollowedKind, id: string): Promise<boolean> {
  return (await db('stuck_process').where({ kind, id }).delete()) === 1;
}

/** The stuck ones of a kind, for `whereNotExists`. @param id column with the id, for example `r.id` */
export function stuckOnes(db: Knex, kind: FollowedKind, id: string): Knex.QueryBuilder {
  return db('stuck_process as s').where({ 's.kind': kind }).whereRaw('s.id = ??', [id]);
}
