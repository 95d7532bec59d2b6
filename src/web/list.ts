import { z } from 'zod';

/** Text that only this server reads; garbage is refused as a field error. */
function cursorOf<P extends z.ZodType>(position: P) {
  return z
    .string()
    .max(1_000)
    .transform((text, context): z.output<P> => {
      const parsed = position.safeParse(fromBase64Url(text));
      if (parsed.success) return parsed.data;
      context.addIssue({ code: 'custom', message: 'is not a cursor of this list; begin again without it' });
      return z.NEVER;
    });
}

function fromBase64Url(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Filter of a list of what administrators name. */
export const namePart = z.string().trim().max(100).optional().describe('Part of its id or name');

/**
 * The query of a list: `limit` (1..200, default 50), `cursor`, and filters.
 * @param position what a cursor holds: the sort key of the last item given out, for example
 *   `z.object({ createdAt: z.iso.datetime(), id: z.uuid() })`
 */
export function listQuery<P extends z.ZodType, F extends z.ZodRawShape>(position: P, filters: F) {
  return z.object({
    limit: z.coerce.number().int().min(1).max(200).default(50).describe('Most items to return'),
    cursor: cursorOf(position).optional().describe('`next` of the page before'),
    ...filters,
  });
}

/** The answer of a list: its items and the cursor of the next page, or null at the end. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

/**
 * Cuts a page out of rows that were read with one row more than the limit.
 * @param rows up to `limit + 1` rows in list order
 * @param toPosition the sort key of a row, as `listQuery` declared it
 */
export function listPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  toPosition: (row: Row) => unknown,
): { items: Item[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: shown.map(toItem), next: more ? encodeCursor(toPosition(last)) : null };
}

function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position), 'utf8').toString('base64url');
}
