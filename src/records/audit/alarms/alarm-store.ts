import type { Knex, Transaction } from '../../../kernel/db/database.js';
import { ProductError } from '../../../kernel/errors.js';
import { appendAudit } from '../audit-store.js';
import { isAlarming, type Finding } from '../verification/findings.js';

/** Something that is wrong with the audit log. Nothing is sealed until an administrator has acknowledged it. */
export interface Alarm {
  readonly id: string;
  readonly raisedAt: Date;
  readonly findings: readonly Finding[];
  readonly findingCount: number;
}

const columns = { id: 'id', raisedAt: 'raised_at', findings: 'findings', findingCount: 'finding_count' } as const;

/** The alarm that nobody has acknowledged; null where there is none. */
export async function readOpenAlarm(db: Knex): Promise<Alarm | null> {
  return (await db('audit_alarm').whereNull('acknowledged_at').first<Alarm | undefined>(columns)) ?? null;
}

/** Alarms that were raised and acknowledged, newest first. */
export async function listAcknowledged(
  db: Knex,
  limit: number,
): Promise<(Alarm & { readonly acknowledgedAt: Date; readonly acknowledgedBy: string; readonly reason: string })[]> {
  return db('audit_alarm')
    .whereNotNull('acknowledged_at')
    .orderBy('id', 'desc')
    .limit(limit)
    .select({ ...columns, acknowledgedAt: 'acknowledged_at', acknowledgedBy: 'acknowledged_by', reason: 'reason' });
}

/**
 * Raises an alarm for findings, but for those that an administrator has acknowledged before: what was altered once is
 * found at every look for ever.
 * @returns the alarm that is open now, and whether it was raised by this call; null where nothing is new
 */
export async function raiseAlarm(
  db: Knex,
  findings: readonly Finding[],
): Promise<{ readonly alarm: Alarm; readonly raised: boolean } | null> {
  const alarming = findings.filter(isAlarming);
  if (alarming.length === 0) return null;
  const known = await acknowledgedKeys(db);
  const fresh = alarming.filter((finding) => !known.has(keyOf(finding)));
  if (fresh.length === 0) return null;
  const [made] = await db('audit_alarm')
    .insert({ findings: JSON.stringify(fresh), finding_count: fresh.length })
    .onConflict(db.raw('((true)) where acknowledged_at is null'))
    .ignore()
    .returning<Alarm[]>(Object.entries(columns).map(([name, column]) => `${column} as ${name}`));
  if (made !== undefined) return { alarm: made, raised: true };
  const open = await readOpenAlarm(db);
  return open === null ? null : { alarm: open, raised: false };
}

async function acknowledgedKeys(db: Knex): Promise<Set<string>> {
  const { rows } = await db.raw<{ rows: { finding: Finding }[] }>(
    'select jsonb_array_elements(findings) as finding from audit_alarm where acknowledged_at is not null',
  );
  return new Set(rows.map(({ finding }) => keyOf(finding)));
}

function keyOf({ kind, row, block, object }: Finding): string {
  return JSON.stringify([kind, row, block, object]);
}

/**
 * Puts on record that an administrator knows of an alarm; sealing continues afterwards, on the current chain.
 * @throws ProductError `not-found` where this alarm is not open (any more)
 */
export async function acknowledgeAlarm(trx: Transaction, id: string, actor: string, reason: string): Promise<void> {
  const [alarm] = await trx('audit_alarm')
    .where({ id })
    .whereNull('acknowledged_at')
    .update({ acknowledged_at: trx.fn.now(), acknowledged_by: actor, reason })
    .returning<{ finding_count: number; findings: Finding[] }[]>(['finding_count', 'findings']);
  if (alarm === undefined) throw new ProductError('not-found', 'There is no such alarm that waits for somebody.');
  const kinds = [...new Set(alarm.findings.map(({ kind }) => kind))];
  await appendAudit(trx, [
    {
      actor,
      action: 'audit-alarm-acknowledged',
      objectType: 'audit',
      objectId: id,
      details: { findings: alarm.finding_count, kinds, reason },
    },
  ]);
}
