import type { Knex } from '../../kernel/db/database.js';
import { ProductError } from '../../kernel/errors.js';
import type { CardElements } from '../card-job.js';
import { readShownContent } from '../snapshots/snapshot-store.js';
import { readTemplate, type CardTemplate } from './card-template.js';
import { readLayoutVersion } from './layout-store.js';
import { inspectCard } from './render-card.js';

/** What a card shows and which version of a layout it is drawn with. */
export interface CardContent {
  readonly layoutVersionId: string;
  readonly elements: CardElements;
  readonly photoId: string | null;
}

/**
 * A card as it was approved; before that, as it would be now. A number that is not given yet stands as `E######`.
 * @throws ProductError `not-found`, `card-type-incomplete` for a kind of card without a layout
 */
export async function readCardContent(db: Knex, cardId: string): Promise<CardContent> {
  const [content, given] = await Promise.all([readShownContent(db, cardId), readGiven(db, cardId)]);
  if (content === null || given === null) throw new ProductError('not-found', 'There is no such card.');
  const { elements, photoId, layoutVersionId } = content;
  if (layoutVersionId === null) throw noLayout(elements.cardTypeName);
  return { layoutVersionId, photoId, elements: { ...elements, ...given } };
}

/** @throws ProductError `layout-unknown` */
export async function readCardTemplate(db: Knex, layoutVersionId: string): Promise<CardTemplate> {
  return readTemplate((await readLayoutVersion(db, layoutVersionId)).template);
}

/**
 * What keeps a card from being printed as it is, and what is cut off on it: sentences, none for most cards. A number that
 * is not given yet counts as digits that can be printed.
 * @throws ProductError as `readCardContent`
 */
export async function whatCannotBePrinted(db: Knex, cardId: string): Promise<string[]> {
  const { layoutVersionId, elements } = await readCardContent(db, cardId);
  const digits = { ...elements, cardNumber: elements.cardNumber.replace(/#/g, '0') };
  const findings = inspectCard(await readCardTemplate(db, layoutVersionId), digits);
  return [...new Set(findings.map(({ message }) => `${message}.`))];
}

/** The refusal of a kind of card that cannot be drawn yet. */
export function noLayout(cardType: string): ProductError {
  return new ProductError('card-type-incomplete', `${cardType} has no layout yet. An administrator gives it one.`);
}

/** Number and end of validity: as given with the first order, or as they would be. */
async function readGiven(db: Knex, cardId: string): Promise<Pick<CardElements, 'cardNumber' | 'validUntil'> | null> {
  const { rows } = await db.raw<{ rows: Pick<CardElements, 'cardNumber' | 'validUntil'>[] }>(
    `select coalesce(c.number, r.prefix || repeat('#', r.digits) || r.suffix, repeat('#', 8)) as "cardNumber",
       to_char(coalesce(c.valid_until, case when c.number is null then last_day_of_validity(current_date, t.validity_months) end),
         'YYYY-MM-DD') as "validUntil"
     from card c join card_type t on t.id = c.card_type left join number_range r on r.id = t.number_range
     where c.id = cast(:cardId as uuid)`,
    { cardId },
  );
  return rows[0] ?? null;
}
