import type { Knex } from '../db/database.js';
import { ProductError } from '../errors.js';
import type { ApprovedElements } from '../snapshots/snapshot-store.js';
import type { CardJob } from './card-job.js';
import type { LedgerKey } from './production-types.js';

/** A card job but for its PIN and PUK. */
export type UnsecretJob = Omit<CardJob, 'secrets'>;

interface Row extends LedgerKey {
  readonly cardType: string;
  readonly chip: boolean;
  readonly elements: ApprovedElements | null;
  readonly cardNumber: string | null;
  readonly validUntil: string | null;
  readonly layout: string | null;
  readonly version: number;
  readonly template: unknown;
  readonly contentType: string | null;
  readonly bytes: Buffer;
}

/**
 * Reads what an order is printed from: the snapshot of what was approved. A card that was approved before its type had a
 * layout gets the newest one.
 * @throws ProductError `production-refused` for a card without snapshot, number or layout
 */
export async function readJob(db: Knex, { cardId, number }: LedgerKey): Promise<UnsecretJob> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select c.card_type as "cardType", t.chip, s.data as elements, c.number as "cardNumber", to_char(c.valid_until, 'YYYY-MM-DD') as "validUntil",
       v.layout, v.version, v.template, p.content_type as "contentType", p.bytes
     from card c join card_type t on t.id = c.card_type
     left join card_snapshot s on s.card_id = c.id
     left join photo p on p.id = s.photo_id
     left join layout_version v on v.id = coalesce(s.layout_version_id,
       (select n.id from layout_version n where n.layout = t.layout order by n.version desc limit 1))
     where c.id = cast(:cardId as uuid)`,
    { cardId },
  );
  const [row] = rows;
  if (row?.elements == null || row.cardNumber === null || row.layout === null) {
    throw new ProductError('production-refused', 'The card has no number, no layout, or nothing that was approved, so it cannot be made.');
  }
  return {
    cardId,
    number,
    cardType: row.cardType,
    chip: row.chip,
    layout: { layout: row.layout, version: row.version, template: row.template },
    elements: { ...row.elements, cardNumber: row.cardNumber, validUntil: row.validUntil },
    photo: row.contentType === null ? null : { contentType: row.contentType, bytes: row.bytes },
  };
}
