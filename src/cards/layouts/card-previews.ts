import { getCardType, getPhotoById } from '../../directory/index.js';
import type { Knex } from '../../kernel/db/database.js';
import { TtlCache } from '../../web/ttl-cache.js';
import { drawAvatar } from './avatar.js';
import { noLayout, readCardContent, readCardTemplate, type CardContent } from './card-content.js';
import { readTemplate } from './card-template.js';
import { currentLayout, getLayout, type LayoutVersion } from './layout-store.js';
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

export interface SampleOptions extends PreviewOptions {
  /** Stands where the layout shows the name of the card type. */
  readonly cardTypeName: string;
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
    const { layoutVersionId, photoId, elements } = await readCardContent(this.db, cardId);
    return this.kept.get(JSON.stringify([layoutVersionId, photoId, elements, marked]), async () =>
      previewCard(await readCardTemplate(this.db, layoutVersionId), elements, await this.photo(photoId), { marked }),
    );
  }

  /** A kind of card with nobody's data on it. @throws ProductError `card-type-unknown`, `card-type-incomplete` */
  async ofCardType(id: string, { marked }: PreviewOptions): Promise<CardImages> {
    const { name, layout } = await getCardType(this.db, id);
    const version = layout === null ? null : await currentLayout(this.db, layout);
    if (version === null) throw noLayout(name);
    return this.sample(version, { cardTypeName: name, marked });
  }

  /** The newest version of a layout with nobody's data on it. @throws ProductError `not-found` */
  async ofLayout(layout: string, options: SampleOptions): Promise<CardImages> {
    return this.sample(await getLayout(this.db, layout), options);
  }

  private sample({ id, template }: LayoutVersion, { cardTypeName, marked }: SampleOptions): Promise<CardImages> {
    return this.kept.get(JSON.stringify([id, cardTypeName, marked]), async () => {
      const photo = { contentType: 'image/jpeg', bytes: await drawAvatar(sampleDrawing) };
      return previewCard(readTemplate(template), { ...sampleElements, cardTypeName }, photo, { marked });
    });
  }

  private async photo(id: CardContent['photoId']): Promise<CardPhoto | null> {
    return id === null ? null : getPhotoById(this.db, id);
  }
}
