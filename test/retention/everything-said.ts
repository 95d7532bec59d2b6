import type { Knex } from '../../src/kernel/db/database.js';

/** Where in a database one of these texts stands, in any column of any table, as `table.column: text`. */
export async function placesOf(db: Knex, texts: readonly string[]): Promise<string[]> {
  const { rows: columns } = await db.raw<{ rows: { table: string; column: string; type: string }[] }>(
    `select quote_ident(c.table_name) as table, quote_ident(c.column_name) as column, c.data_type as type
     from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
     where t.table_schema = 'public' and t.table_type = 'BASE TABLE'
       and c.data_type in ('text', 'character varying', 'json', 'jsonb', 'ARRAY', 'bytea')`,
  );
  const places: string[] = [];
  for (const { table, column, type } of columns) {
    // Bytes are compared as hexadecimal, so that text within them is found with anything around it.
    const said = type === 'bytea' ? `encode(${column}, 'hex')` : `lower(cast(${column} as text))`;
    for (const text of texts) {
      const needles =
        type === 'bytea'
          ? [text, text.toLowerCase()].map((each) => Buffer.from(each).toString('hex'))
          : [text.toLowerCase()];
      const { rows } = await db.raw<{ rows: unknown[] }>(
        `select from ${table} where position(:a in ${said}) > 0 or position(:b in ${said}) > 0 limit 1`,
        {
          a: needles[0] ?? '',
          b: needles.at(-1) ?? '',
        },
      );
      if (rows.length > 0) places.push(`${table}.${column}: ${text}`);
    }
  }
  return places.sort();
}
