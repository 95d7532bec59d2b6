import { prepared, type Knex } from '../kernel/db/database.js';
import type { ApprovedElements } from '../cards/snapshots/snapshot-store.js';
import type { CardJob } from '../cards/card-job.js';
import type { LedgerKey } from './production-types.js';

/** A card job but for its PIN and PUK. */
export type UnsecretJob = Omit<CardJob, 'secrets'>;

interface Row extends LedgerKey {
  readonly inBatch: boolean;
  readonly cardType: string;
  readonly chip: boolean;
  readonly elements: ApprovedElements;
  readonly cardNumber: string;
  readonly validUntil: string | null;
  readonly layoutVersion: string;
  readonly contentType: string | null;
  readonly bytes: Buffer;
}

interface Layout {
  readonly id: string;
  readonly layout: string;
  readonly version: number;
  readonly template: unknown;
}

/**
 * Reads what orders are printed from: the snapshots of what was approved. A card that was approved before its type had a
 * layout gets the newest one. An order of a card without snapshot, number or layout has no job.
 */
export async function readJobs(db: Knex, orders: readonly LedgerKey[]): Promise<UnsecretJob[]> {
  const { rows } = await db
    .raw<{ rows: Row[] }>(
      `select o.card_id as "cardId", o.number, o.batch_id is not null as "inBatch", c.card_type as "cardType", t.chip, s.data as elements,
         c.number as "cardNumber", to_char(c.valid_until, 'YYYY-MM-DD') as "validUntil", v.id as "layoutVersion", p.content_type as "contentType", p.bytes
       from jsonb_to_recordset(cast(:orders as jsonb)) as k ("cardId" uuid, number integer)
       join production_order o on o.card_id = k."cardId" and o.number = k.number
       join card c on c.id = o.card_id join card_type t on t.id = c.card_type
       join card_snapshot s on s.card_id = c.id
       left join photo p on p.id = s.photo_id
       join layout_version v on v.id = coalesce(s.layout_version_id,
         (select n.id from layout_version n where n.layout = t.layout order by n.version desc limit 1))
       where c.number is not null`,
      { orders: JSON.stringify(orders.map(({ cardId, number }) => ({ cardId, number }))) },
    )
    .options(prepared('read-jobs'));
  // Few layouts for many cards: each is read once.
  const ids = [...new Set(rows.map(({ layoutVersion }) => layoutVersion))];
  const layouts =
    ids.length === 0
      ? []
      : await db('layout_version').whereIn('id', ids).select<Layout[]>('id', 'layout', 'version', 'template');
  const byId = new Map(layouts.map(({ id, ...layout }) => [id, layout]));
  return rows.flatMap(({ layoutVersion, elements, cardNumber, validUntil, contentType, bytes, ...job }) => {
    const layout = byId.get(layoutVersion);
    const photo = contentType === null ? null : { contentType, bytes };
    return layout === undefined ? [] : [{ ...job, layout, elements: { ...elements, cardNumber, validUntil }, photo }];
  });
}
