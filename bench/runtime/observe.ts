import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchSystem } from './system.js';

/** Waits until none of the external tasks of the topic is left. */
export async function untilDrained(
  { engineDb }: BenchSystem,
  topic: string,
  everyMs: number,
  withinMs = 120_000,
): Promise<void> {
  for (const deadline = Date.now() + withinMs; ; await sleep(everyMs)) {
    const { rows } = await engineDb.query('select 1 from act_ru_ext_task where topic_name_ = $1 limit 1', [topic]);
    if (rows.length === 0) return;
    if (Date.now() > deadline) throw new Error('Tasks were left undone.');
  }
}

/**
 * When the last of these cases ended, by the engine's own clock (ms since 1970).
 * @throws Error when one has not ended
 */
export async function endOf({ engineDb }: BenchSystem, businessKeys: readonly string[]): Promise<number> {
  const { rows } = await engineDb.query<{ ended: number; at: number }>(
    `select count(end_time_)::int as ended, (extract(epoch from max(end_time_)) * 1000)::float8 as at
     from act_hi_procinst where super_process_instance_id_ is null and business_key_ = any($1::text[])`,
    [businessKeys],
  );
  const { ended, at } = rows[0] ?? { ended: 0, at: 0 };
  if (ended !== businessKeys.length) throw new Error(`${ended} of ${businessKeys.length} cases have ended.`);
  return at;
}

/** When the external task of each case was created, by the engine's own clock (ms since 1970). */
export async function creationTimes(
  { engineDb }: BenchSystem,
  businessKeys: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await engineDb.query<{ key: string; at: number }>(
    `select p.business_key_ as key, (extract(epoch from l.timestamp_) * 1000)::float8 as at
     from act_hi_ext_task_log l join act_hi_procinst p on p.proc_inst_id_ = l.proc_inst_id_
     where l.state_ = 0 and p.business_key_ = any($1::text[])`,
    [businessKeys],
  );
  return new Map(rows.map(({ key, at }) => [key, at]));
}

/** From start to end of one instance, by the engine's own clock (ms). */
export async function durationOf({ engineDb }: BenchSystem, instanceId: string): Promise<number> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(10)) {
    const { rows } = await engineDb.query<{ duration_: string }>(
      'select duration_ from act_hi_procinst where id_ = $1 and end_time_ is not null',
      [instanceId],
    );
    if (rows[0] !== undefined) return Number(rows[0].duration_);
  }
  throw new Error('An instance did not end.');
}
