import type { Knex } from '../kernel/db/database.js';
import type { CardTypeOffer } from '../process/contract/index.js';

/**
 * What requesting each card type means now: which variant applies, whether a photo is needed. Empty while no variant
 * was ever chosen.
 */
export async function readOffers(db: Knex): Promise<CardTypeOffer[]> {
  const result = await db.raw<{ rows: CardTypeOffer[] }>(`
    select t.id, t.name, case when t.photo_required then 'needed' else 'not needed' end as photo, v.process_key as "variantKey",
      v.version as "variantVersion", v.name as "variantName"
    from card_type t cross join lateral (
      select p.* from variant_choice c join process_version p on p.definition_id = c.definition_id
      where c.use_case = 'request-card' and (c.card_type = t.id or c.card_type is null)
      order by c.card_type nulls last limit 1) v
    order by t.position`);
  return result.rows;
}
