import { getCardType } from '../card-types/card-type-store.js';
import type { Knex } from '../db/database.js';
import { ProductError } from '../errors.js';
import { getPhotoById } from '../holders/holder-photo.js';
import { TtlCache } from '../http/ttl-cache.js';
import type { CardElements } from '../production/card-job.js';
import { drawAvatar } from '../sample-data/avatar.js';
import { readShownContent, type CardSnapshot } from '../snapshots/snapshot-store.js';
import { readTemplate } from './card-template.js';
import { currentLayout, readLayoutVersion } from './layout-store.js';
import type { CardPhoto } from './pictures.js';
import { previewCard, type CardImages } from './render-card.js';
import { sampleElements } from './sample-card.js';

/** How long pictures are kept for the other side and the next look (ms), and of how many cards; 200 kB each. */
const keptMs = 300_000;
const keptCards = 40;

/** Which drawing of a sample stands in for a photo. */
const sampleDrawing = 4;

export interface PreviewOptions {
  /** True draws PREVIEW across both sides. */
  readonly marked: boolean;
}

/** What a card or a kind of card looks like. Nothing secret is on any of it. */
export class CardPreviews {
  private readonly kept = new TtlCache<CardImages>(keptMs, keptCards);

  constructor(private readonly db: Knex) {}

  /**
   * A card as it was approved; before that, as it would be now. A number that is not given yet stands as `E######`.
   * @throws ProductError `not-found`, `card-type-incomplete` for a kind of card without a layout, `production-refused` for
   * a damaged photo
   */
  async ofCard(cardId: string, { marked }: PreviewOptions): Promise<CardImages> {
    const [content, given] = await Promise.all([readShownContent(this.db, cardId), readGiven(this.db, cardId)]);
    if (content === null || given === null) throw new ProductError('not-found', 'There is no such card.');
    const { elements, photoId, layoutVersionId } = content;
    if (layoutVersionId === null) throw noLayout(elements.cardTypeName);
    const shown = { ...elements, ...given };
    return this.kept.get(JSON.stringify([layoutVersionId, photoId, shown, marked]), async () => {
      const { template } = await readLayoutVersion(this.db, layoutVersionId);
      return previewCard(readTemplate(template), shown, await this.photo(photoId), { marked });
    });
  }

  /** A kind of card with nobody's data on it. @throws ProductError `card-type-unknown`, `card-type-incomplete` */
  async ofCardType(id: string, { marked }: PreviewOptions): Promise<CardImages> {
    const { name, layout } = await getCardType(this.db, id);
    const version = layout === null ? null : await currentLayout(this.db, layout);
    if (version === null) throw noLayout(name);
    return this.kept.get(JSON.stringify([version.id, name, marked]), async () => {
      const photo = { contentType: 'image/jpeg', bytes: await drawAvatar(sampleDrawing) };
      return previewCard(readTemplate(version.template), { ...sampleElements, cardTypeName: name }, photo, { marked });
    });
  }

  private async photo(id: CardSnapshot['photoId']): Promise<CardPhoto | null> {
    return id === null ? null : getPhotoById(this.db, id);
  }
}

/** Number and end of validity: as given with the first order, or as they would be. */
async function readGiven(db: Knex, cardId: string): Promise<Pick<CardElements, 'cardNumber' | 'validUntil'> | null> {
  const { rows } = await db.raw<{ rows: Pick<CardElements, 'cardNumber' | 'validUntil'>[] }>(
    `select coalesce(c.number, r.prefix || repeat('#', r.digits) || r.suffix, repeat('#', 8)) as "cardNumber",
       to_char(coalesce(c.valid_until, case when c.number is null then current_date + make_interval(months => t.validity_months) end),
         'YYYY-MM-DD') as "validUntil"
     from card c join card_type t on t.id = c.card_type left join number_range r on r.id = t.number_range
     where c.id = cast(:cardId as uuid)`,
    { cardId },
  );
  return rows[0] ?? null;
}

function noLayout(cardType: string): ProductError {
  return new ProductError('card-type-incomplete', `${cardType} has no layout yet. An administrator gives it one.`);
}
