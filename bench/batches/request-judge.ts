import type pg from 'pg';
import type { Installation } from '../lib/installation.js';

/** A batch of requests that has ended, and what must have become of its requests. */
export interface Ordeal {
  readonly id: string;
  readonly department: string;
  readonly holders: number;
  readonly approved: number;
  readonly rejected: number;
  readonly aborted: number;
}

export interface RequestVerdict {
  readonly figures: Readonly<Record<string, number>>;
  /** What is not as it has to be; empty when all is well. */
  readonly faults: readonly string[];
}

/** Compares counts, rows, requests, cards, decisions, snapshots, audit rows and mails of batch orders that have ended. */
export async function judgeRequests(
  installation: Installation,
  db: pg.Client,
  ordeals: readonly Ordeal[],
): Promise<RequestVerdict> {
  const faults: string[] = [];
  const expect = (what: string, found: unknown, wanted: unknown) => {
    if (JSON.stringify(found) !== JSON.stringify(wanted))
      faults.push(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
  };
  for (const { id, department, holders, approved, rejected, aborted } of ordeals) {
    const { body } = await installation.callUntilAnswered('operator', 'GET', `/batch-orders/${id}`);
    const { chosen, skipped, ordered, produced, failed, cancelled } = body.counts;
    expect(
      `${department}, counts`,
      { chosen, skipped, ordered, produced, failed, cancelled },
      { chosen: holders, skipped: 0, ordered: holders, produced: approved, failed: rejected, cancelled: aborted },
    );
    expect(`${department}, rows and what they stand for`, await outcomesOf(db, id), {
      holders,
      approved,
      rejected,
      aborted,
    });
    expect(`${department}, completions that decided`, await completions(db, id), aborted > 0 ? 0 : 1);
    expect(
      `${department}, mails about the decision`,
      await count(db, `select from mail where event_key like 'batch-decided:' || $1 || ':%'`, [id]),
      aborted > 0 ? 0 : 1,
    );
  }
  const repeated = await db.query<{ action: string; count: number }>(
    `select action, count(*)::int as count from (
       select action from audit where object_type in ('card', 'card-request') group by object_type, object_id, action having count(*) > 1) as each group by action`,
  );
  expect('acts that are on record more than once', repeated.rows, []);
  const call = (path: string) => installation.engine.call<{ count: number }>({ user: 'card-server', path });
  const [instances, incidents] = await Promise.all([call('/process-instance/count'), call('/incident/count')]);
  expect('process instances left', instances.count, 0);
  expect('incidents', incidents.count, 0);
  const sum = (of: (ordeal: Ordeal) => number) => ordeals.reduce((total, each) => total + of(each), 0);
  return {
    faults,
    figures: {
      'batch orders': ordeals.length,
      requests: await count(db, 'select from card_request where batch_id is not null'),
      'requests expected': sum(({ holders }) => holders),
      approved: sum(({ approved }) => approved),
      rejected: sum(({ rejected }) => rejected),
      aborted: sum(({ aborted }) => aborted),
    },
  };
}

/** How many card holders have exactly one request with all that belongs to its end. */
async function outcomesOf(db: pg.Client, id: string): Promise<object | undefined> {
  const { rows } = await db.query(
    `select count(distinct r.holder_id)::int as holders,
       count(*) filter (where b.state = 'succeeded' and r.state = 'approved' and c.state = 'approved' and d.decision = 'approve' and s.card_id is not null)::int as approved,
       count(*) filter (where b.state = 'failed' and r.state = 'rejected' and c.state = 'rejected' and d.decision = 'reject' and s.card_id is null)::int as rejected,
       count(*) filter (where b.state = 'withdrawn' and r.state = 'aborted' and c.state = 'aborted' and d.decision is null and s.card_id is null)::int as aborted
     from batch_row b join card_request r on r.id = b.request_id join card c on c.id = r.card_id
       left join decision d on d.request_id = r.id left join card_snapshot s on s.card_id = c.id
     where b.batch_id = $1 and r.batch_id = b.batch_id`,
    [id],
  );
  return rows[0] as object | undefined;
}

async function completions(db: pg.Client, id: string): Promise<number> {
  return count(
    db,
    'select distinct operation_id from decision d join card_request r on r.id = d.request_id where r.batch_id = $1',
    [id],
  );
}

async function count(db: pg.Client, query: string, values: readonly unknown[] = []): Promise<number> {
  const { rows } = await db.query<{ count: number }>(`select count(*)::int as count from (${query}) as each`, [
    ...values,
  ]);
  return rows[0]?.count ?? 0;
}
