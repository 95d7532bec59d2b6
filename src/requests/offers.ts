import type { Knex } from '../kernel/db/database.js';
import type { CardTypeOffer } from '../process/contract/index.js';
import { applicableVariant } from '../variants/index.js';

/**
 * What requesting each card type means now: which variant applies, whether a photo is needed. Empty while no variant
 * was ever chosen.
 */
export async function readOffers(db: Knex): Promise<CardTypeOffer[]> {
  const result = await db.raw<{ rows: CardTypeOffer[] }>(`
    select t.id, t.name, case when t.photo_required then 'needed' else 'not needed' end as photo, v.process_key as "variantKey",
      v.version as "variantVersion", v.name as "variantName"
    from card_type t cross join lateral ${applicableVariant('request-card')} v
    order by t.position`);
  return result.rows;
}
