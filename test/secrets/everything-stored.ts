import type { Knex } from '../../src/kernel/db/database.js';

/** Every value of every table as text, bytes also read as Latin-1: what a dump of the database would show. */
export async function everythingStored(db: Knex): Promise<string> {
  const { rows } = await db.raw<{ rows: { name: string }[] }>(
    `select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`,
  );
  const tables = await Promise.all(
    rows.map(async ({ name }) => {
      const found = await db.raw<{ rows: Record<string, unknown>[] }>(`select * from ${name}`);
      return found.rows.map((row) => `${name} ${Object.values(row).map(valueText).join(' ')}`).join('\n');
    }),
  );
  return tables.join('\n');
}

function valueText(value: unknown): string {
  if (!Buffer.isBuffer(value)) return JSON.stringify(value) ?? '';
  return `${value.toString('latin1')} ${value.toString('hex')} ${value.toString('base64')}`;
}
