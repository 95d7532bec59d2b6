import type { Knex } from '../../kernel/db/database.js';
import type { CardState } from '../../domain/card-states.js';

/** A span of time: `from` on, before `to`. */
export interface Span {
  readonly from: Date;
  readonly to: Date;
}

/** Periods that figures are given for; days and weeks are those of the installation's zone, weeks begin on Monday. */
export const periods = ['day', 'week'] as const;

export type Period = (typeof periods)[number];

/** Things of one kind that came to be in a period, by card type and the state that they are in now. */
export interface CountedThings {
  readonly period: string;
  readonly cardType: string;
  readonly state: string;
  readonly count: number;
}

/** The period of a time; written as its first day only after rows are grouped by it, since text is slow to make and to compare. */
const periodOf = (time: string): string => `date_trunc(:period, cast(${time} as timestamp))`;
const firstDay = `to_char(period, 'YYYY-MM-DD') as period`;

/** How many requests or cards came to be. */
export async function countThings(
  db: Knex,
  of: 'card_request' | 'card',
  period: Period,
  span: Span,
): Promise<CountedThings[]> {
  return rowsOf<CountedThings>(
    db,
    `select ${firstDay}, "cardType", state, count from (
       select ${periodOf('created_at')} as period, card_type as "cardType", state, count(*)::integer as count
       from ${of} where created_at >= :from and created_at < :to group by 1, 2, 3) as counted
     order by counted.period, 2, 3`,
    { period, ...span },
  );
}

/** The ways that a card goes, with what begins and ends each. */
export const legs = {
  'request-to-approval': 'From the request to its approval',
  'approval-to-order': 'From the approval to the first order of the card',
  'order-to-card': 'From the first order to the card, as its backend says',
  'request-to-card': 'From the request to the card',
} as const;

export type Leg = keyof typeof legs;

/** How long one leg took, over all that ended in a period. */
export interface LegDuration {
  readonly period: string;
  readonly leg: Leg;
  readonly count: number;
  /** Seconds: half took no longer, and nine of ten. */
  readonly p50: number;
  readonly p90: number;
}

/** The cards that were made, each when the first good one was. */
const made = `(select card_id, min(ended_at) as at from production_order
  where state = 'produced' and ended_at >= :from and ended_at < :to group by card_id) as m`;
const approvedAt = 'coalesce(d.decided_at, r.registered_at)';

/** When each way ended, and what it took. */
const legRows: Readonly<Record<Leg, string>> = {
  'request-to-approval': `select ${approvedAt} as at, ${approvedAt} - r.created_at as took
    from card_request r left join decision d on d.request_id = r.id where r.state = 'approved' and r.ended_at >= :from and r.ended_at < :to`,
  'approval-to-order': `select o.ordered_at as at, o.ordered_at - ${approvedAt} as took
    from production_order o join card_request r on r.card_id = o.card_id left join decision d on d.request_id = r.id
    where o.number = 1 and o.ordered_at >= :from and o.ordered_at < :to`,
  'order-to-card': `select m.at, m.at - o.ordered_at as took from ${made} join production_order o on o.card_id = m.card_id and o.number = 1`,
  'request-to-card': `select m.at, m.at - r.created_at as took from ${made} join card_request r on r.card_id = m.card_id`,
};

/** How long cards took from step to step, by the period in which the step ended. */
export async function readDurations(db: Knex, period: Period, span: Span): Promise<LegDuration[]> {
  // A statement each, so that PostgreSQL sorts four small heaps at the same time and not one large one.
  const durations = await Promise.all((Object.keys(legRows) as Leg[]).map((leg) => readLeg(db, leg, period, span)));
  return durations
    .flat()
    .sort(
      (one, other) =>
        (one.period < other.period ? -1 : Number(one.period > other.period)) || (one.leg < other.leg ? -1 : 1),
    );
}

async function readLeg(db: Knex, leg: Leg, period: Period, span: Span): Promise<LegDuration[]> {
  return rowsOf<LegDuration>(
    db,
    `select ${firstDay}, cast(:leg as text) as leg, count, p[1] as p50, p[2] as p90 from (
       select ${periodOf('at')} as period, count(*)::integer as count,
         percentile_cont(array[0.5, 0.9]) within group (order by extract(epoch from took)::double precision) as p
       from (${legRows[leg]}) as way group by 1) as measured`,
    { leg, period, ...span },
  );
}

/** Where each age class ends, in hours; the last one has no end. */
const ageClasses = [1, 8, 24, 72, 168, null] as const;

export interface AgeClass {
  readonly fromHours: number;
  readonly toHours: number | null;
  readonly count: number;
}

/** Requests that wait for their decision, by how long. */
export async function readOpenApprovals(db: Knex): Promise<{ classes: AgeClass[]; oldestAt: string | null }> {
  const ends = ageClasses.filter((end) => end !== null);
  const [row] = await rowsOf<{ counts: Record<string, number> | null; oldest: Date | null }>(
    db,
    `with waiting as (select width_bucket(extract(epoch from now() - registered_at) / 3600, cast(:ends as double precision[])) as class, registered_at as at
       from card_request where ended_at is null and state = 'requested')
     select (select jsonb_object_agg(class, count) from (select class, count(*) as count from waiting group by class) as each) as counts,
       (select min(at) from waiting) as oldest`,
    { ends },
  );
  const classes = ageClasses.map((toHours, at) => ({
    fromHours: ends[at - 1] ?? 0,
    toHours,
    count: row?.counts?.[at] ?? 0,
  }));
  return { classes, oldestAt: row?.oldest?.toISOString() ?? null };
}

/** Cards that are in one state and will leave it. */
export interface WaitingCards {
  readonly state: CardState;
  readonly count: number;
  readonly oldestAt: Date;
  /** Seconds that they have been in it: half no longer, and nine of ten. */
  readonly p50: number;
  readonly p90: number;
}

/** Where cards wait now. */
export async function readWaiting(db: Knex): Promise<WaitingCards[]> {
  const passing = ['registered', 'requested', 'approved', 'ordered', 'failed'] satisfies CardState[];
  return rowsOf<WaitingCards>(
    db,
    `select state, count(*)::integer as count, min(changed_at) as "oldestAt",
       percentile_cont(0.5) within group (order by extract(epoch from now() - changed_at)::double precision) as p50,
       percentile_cont(0.9) within group (order by extract(epoch from now() - changed_at)::double precision) as p90
     from card where state = any(:passing) group by state order by array_position(:passing, state)`,
    { passing },
  );
}

/** Failed productions of one cause. */
export interface FailureCause {
  readonly backend: string;
  /** Null where the backend gave no code. */
  readonly code: string | null;
  readonly count: number;
  readonly lastAt: Date;
}

/** Why cards were not made, the most frequent cause first. */
export async function readFailures(db: Knex, span: Span): Promise<FailureCause[]> {
  return rowsOf<FailureCause>(
    db,
    `select backend, reason_code as code, count(*)::integer as count, max(ended_at) as "lastAt"
     from production_order where state = 'failed' and ended_at >= :from and ended_at < :to
     group by 1, 2 order by 3 desc, 1, 2 limit 100`,
    { ...span },
  );
}

async function rowsOf<T>(
  db: Knex,
  sql: string,
  bindings: Readonly<Record<string, Knex.Value | readonly unknown[]>>,
): Promise<T[]> {
  const { rows } = await db.raw<{ rows: T[] }>(sql, bindings as Record<string, Knex.Value>);
  return rows;
}
