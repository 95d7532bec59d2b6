import { prepared, type Knex, type Transaction } from '../../kernel/db/database.js';
import type { CardElements } from '../card-job.js';

/** What is known of a card when it is approved; number and validity come when it is ordered. */
export type ApprovedElements = Omit<CardElements, 'cardNumber' | 'validUntil'>;

/** What was approved, and is therefore what is printed. It never changes. */
export interface CardSnapshot {
  readonly elements: ApprovedElements;
  readonly photoId: string | null;
  /** Null where the card type had no layout yet. */
  readonly layoutVersionId: string | null;
  readonly takenAt: Date;
}

/**
 * The elements of a card as they are now, as an SQL expression over `holder h` and `card_type t`. The only place that
 * says where an element comes from.
 */
const elementsNow = `jsonb_build_object(
  'name', h.given_name || ' ' || h.family_name, 'givenName', h.given_name, 'familyName', h.family_name,
  'employeeNumber', h.employee_number, 'department', h.department, 'cardTypeName', t.name)`;

/** The newest version of the layout of `card_type t`. */
const layoutNow = `(select v.id from layout_version v where v.layout = t.layout order by v.version desc limit 1)`;

/**
 * Keeps what cards look like at this moment, in the transaction that approves them, or that orders them without an
 * approval. A card keeps its first snapshot.
 */
export async function takeSnapshots(trx: Transaction, cardIds: readonly string[]): Promise<void> {
  await trx
    .raw(
      `insert into card_snapshot (card_id, data, photo_id, layout_version_id)
       select c.id, ${elementsNow}, h.photo_id, ${layoutNow}
       from jsonb_array_elements_text(cast(:cardIds as jsonb)) as chosen (id)
       join card c on c.id = cast(chosen.id as uuid) join holder h on h.id = c.holder_id join card_type t on t.id = c.card_type
       on conflict (card_id) do nothing`,
      // As JSON: of an array PostgreSQL knows the length, and would plan anew each time for that many.
      { cardIds: JSON.stringify(cardIds) },
    )
    .options(prepared('take-snapshots'));
}

/** What was approved of a card; null before that. */
export async function readSnapshot(db: Knex, cardId: string): Promise<CardSnapshot | null> {
  const snapshot = await db('card_snapshot').where({ card_id: cardId }).first<CardSnapshot | undefined>({
    elements: 'data',
    photoId: 'photo_id',
    layoutVersionId: 'layout_version_id',
    takenAt: 'taken_at',
  });
  return snapshot ?? null;
}

/** What a card shows: as it was approved, or, before that, as it would be approved now. Null where there is no such card. */
export async function readShownContent(db: Knex, cardId: string): Promise<Omit<CardSnapshot, 'takenAt'> | null> {
  const result = await db.raw<{ rows: Omit<CardSnapshot, 'takenAt'>[] }>(
    `select coalesce(s.data, ${elementsNow}) as elements,
       case when s.card_id is null then h.photo_id else s.photo_id end as "photoId",
       coalesce(s.layout_version_id, ${layoutNow}) as "layoutVersionId"
     from card c join holder h on h.id = c.holder_id join card_type t on t.id = c.card_type
     left join card_snapshot s on s.card_id = c.id
     where c.id = cast(:cardId as uuid)`,
    { cardId },
  );
  return result.rows[0] ?? null;
}

/** Two views of the same card: as it was approved, and as it would be approved now. */
export interface ApprovedAndNow {
  readonly approved: SnapshotSide;
  readonly now: SnapshotSide;
}

export interface SnapshotSide {
  readonly elements: ApprovedElements;
  readonly photoId: string | null;
  /** When the photo was stored, ISO 8601. */
  readonly photoAt: string | null;
  readonly layout: string | null;
  readonly layoutVersion: number | null;
}

/** Both sides of each card, by its id; a card of which nothing was approved yet is not among them. */
export async function readApprovedAndNow(db: Knex, cardIds: readonly string[]): Promise<Map<string, ApprovedAndNow>> {
  const side = (elements: string, photo: string, layout: string) => `json_build_object('elements', ${elements},
    'photoId', ${photo}.id, 'photoAt', ${photo}.created_at, 'layout', ${layout}.layout, 'layoutVersion', ${layout}.version)`;
  const result = await db.raw<{ rows: (ApprovedAndNow & { cardId: string })[] }>(
    `select s.card_id as "cardId", ${side('s.data', 'ps', 'ls')} as approved, ${side(elementsNow, 'ph', 'lt')} as now
     from card_snapshot s join card c on c.id = s.card_id
     join holder h on h.id = c.holder_id join card_type t on t.id = c.card_type
     left join photo ps on ps.id = s.photo_id left join photo ph on ph.id = h.photo_id
     left join layout_version ls on ls.id = s.layout_version_id left join layout_version lt on lt.id = ${layoutNow}
     where s.card_id = any(cast(:cardIds as uuid[]))`,
    { cardIds: [...cardIds] },
  );
  return new Map(result.rows.map(({ cardId, ...sides }) => [cardId, sides]));
}
