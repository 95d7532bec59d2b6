import type { Knex } from '../../kernel/db/database.js';
import { ProductError } from '../../kernel/errors.js';
import type { BatchVariant } from '../../process/contract/index.js';
import { cardTypeUnknown } from '../batch-selection.js';
import { applicableVariant } from '../../variants/index.js';

/** The diagram that requests cards of a type together, in its newest version. */
export interface DeployedVariant extends BatchVariant {
  readonly definitionId: string;
}

/**
 * How many cards of a type are requested at once: by the variant of Request multiple cards that is called like the one by
 * which Request card goes for the card type. There is no other choice, so that a batch is no way round an approval.
 * @throws ProductError `card-type-unknown`, `use-case-disabled`, or `variant-unknown` where no diagram does for many what is chosen for one
 */
export async function variantFor(db: Knex, cardType: string): Promise<DeployedVariant> {
  const { rows } = await db.raw<{
    rows: (DeployedVariant & { enabled: boolean; chosen: string | null; definitionId: string | null })[];
  }>(
    `select u.enabled, c.name as chosen, v.definition_id as "definitionId", v.process_key as "processKey", v.version, v.name
     from card_type t join use_case u on u.id = 'request-card'
     left join lateral ${applicableVariant('request-card')} c on true
     left join lateral (
       select * from process_version p where p.use_case = 'request-multiple-cards' and p.variant = c.variant
       order by p.deployed_at desc, p.version desc limit 1) v on true
     where t.id = ?`,
    [cardType],
  );
  const [row] = rows;
  if (row === undefined) throw await cardTypeUnknown(db, cardType);
  const { enabled, chosen, definitionId, processKey, version, name } = row;
  if (!enabled || chosen === null) {
    throw new ProductError(
      'use-case-disabled',
      'Request card is disabled, and Request multiple cards with it. Ask an administrator to enable it.',
    );
  }
  if (definitionId === null) {
    throw new ProductError(
      'variant-unknown',
      `These cards are requested by "${chosen}", and no diagram does that for many at once. Request them one by one.`,
    );
  }
  return { definitionId, processKey, version, name };
}

/** The variant as a form shows it; null where no cards can be requested now. */
export async function variantOrNull(db: Knex, cardType: string): Promise<BatchVariant | null> {
  try {
    const { processKey, version, name } = await variantFor(db, cardType);
    return { processKey, version, name };
  } catch (raw) {
    if (raw instanceof ProductError && raw.isBusiness) return null;
    throw raw;
  }
}
