import { appendAudit } from '../../records/index.js';
import type { Knex, Transaction } from '../../kernel/db/database.js';
import { systemActor } from '../../domain/roles.js';
import { readRetentionOptions } from '../../directory/index.js';
import type { RetentionOptions } from '../../directory/options/options.js';
import { countDue, eraseDue, erasedKinds, type ErasedKind } from './erasing.js';

/** How many objects of each kind. */
export type ErasureCounts = Readonly<Record<ErasedKind, number>>;

export interface RetentionRun extends ErasureCounts {
  readonly actor: string;
  readonly startedAt: Date;
  /** Null while it runs, and for one that a crash ended. */
  readonly endedAt: Date | null;
}

const none: ErasureCounts = { requests: 0, cards: 0, photos: 0 };

function daysOf({ requestDataDays, cardDataDays }: RetentionOptions): Readonly<Record<ErasedKind, number | null>> {
  return { requests: requestDataDays, cards: cardDataDays, photos: requestDataDays };
}

/** How many objects a run would erase now. Photos that only what is due refers to are not among the photos. */
export async function previewRetention(db: Knex): Promise<ErasureCounts> {
  const days = daysOf(await readRetentionOptions(db));
  const counts: Record<ErasedKind, number> = { ...none };
  for (const kind of erasedKinds) counts[kind] = days[kind] === null ? 0 : await countDue(db, kind, days[kind]);
  return counts;
}

/**
 * Erases personal data of requests and cards that have stayed for their days, 500 objects in each transaction. It may be
 * broken off at any moment and run anywhere else at the same time: what is erased is erased.
 * @param actor account, or `system`
 */
export async function runRetention(db: Knex, actor: string): Promise<ErasureCounts> {
  const days = daysOf(await readRetentionOptions(db));
  const [run] = await db('retention_run').insert({ actor }).returning<{ id: string }[]>('id');
  const total: Record<ErasedKind, number> = { ...none };
  for (const kind of erasedKinds) {
    const limit = days[kind];
    if (limit === null) continue;
    for (let erased = 1; erased > 0; total[kind] += erased) {
      erased = await db.transaction(async (trx) => {
        const count = await eraseDue(trx, actor, kind, limit);
        await trx('retention_run').where({ id: run?.id }).increment(kind, count);
        return count;
      });
    }
  }
  await db.transaction((trx) => endRun(trx, actor, run?.id ?? '', total));
  return total;
}

async function endRun(trx: Transaction, actor: string, id: string, counts: ErasureCounts): Promise<void> {
  await trx('retention_run').where({ id }).update({ ended_at: trx.fn.now() });
  await appendAudit(trx, [
    { actor, action: 'retention-run', objectType: 'retention', objectId: id, details: { ...counts } },
  ]);
}

/** Runs once a day, on the first of several servers. @returns what was erased, or null when none was due */
export async function runRetentionDaily(db: Knex): Promise<ErasureCounts | null> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `select from retention_run where actor = :actor and started_at > now() - interval '1 day' limit 1`,
    { actor: systemActor },
  );
  return rows.length > 0 ? null : runRetention(db, systemActor);
}

/** The newest run; null before the first. */
export async function lastRetentionRun(db: Knex): Promise<RetentionRun | null> {
  const run = await db('retention_run').orderBy('id', 'desc').first<RetentionRun | undefined>({
    actor: 'actor',
    startedAt: 'started_at',
    endedAt: 'ended_at',
    requests: 'requests',
    cards: 'cards',
    photos: 'photos',
  });
  return run ?? null;
}
