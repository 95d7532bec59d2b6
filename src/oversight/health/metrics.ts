import { Gauge, type Registry } from 'prom-client';
import type { Knex } from '../../kernel/db/database.js';
import { countMails } from '../../records/index.js';

/** Registers what the database knows about work that waits; asked for when the metrics are read. */
export function registerWorkMetrics(registry: Registry, db: Knex): void {
  gauge(registry, 'cards_requests', 'Card requests by state', 'state', () => counts(db, 'card_request'));
  gauge(registry, 'cards_engine_commands', 'Commands in the outbox of engine commands by state', 'state', () =>
    counts(db, 'engine_command'),
  );
  gauge(registry, 'cards_mails', 'Mails by state', 'state', async () => countMails(db));
  gauge(
    registry,
    'cards_oldest_pending_command_seconds',
    'Age of the oldest engine command that is due',
    null,
    async () => {
      const result = await db.raw<{ rows: { age: number }[] }>(
        `select coalesce(extract(epoch from now() - min(created_at)), 0)::float as age from engine_command
       where state = 'pending' and due_at <= now() + interval '1 minute'`,
      );
      return { '': result.rows[0]?.age ?? 0 };
    },
  );
}

function gauge(
  registry: Registry,
  name: string,
  help: string,
  label: string | null,
  read: () => Promise<Record<string, number>>,
): void {
  new Gauge({
    name,
    help,
    labelNames: label === null ? [] : [label],
    registers: [registry],
    async collect() {
      for (const [value, count] of Object.entries(await read()))
        this.set(label === null ? {} : { [label]: value }, count);
    },
  });
}

async function counts(db: Knex, table: 'card_request' | 'engine_command'): Promise<Record<string, number>> {
  const rows = await db(table)
    .groupBy('state')
    .select<{ state: string; count: string }[]>('state', db.raw('count(*) as count'));
  return Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)]));
}
