import type { Knex } from './database.js';

/**
 * Narrows a list of what administrators name to those whose id or name holds `text`, in capitals or not. Without an index:
 * for tables of dozens of rows.
 */
export function whereNamed(query: Knex.QueryBuilder, text: string | undefined): void {
  if (text !== undefined) void query.whereRaw(`position(lower(?) in lower(id || ' ' || name)) > 0`, [text]);
}
