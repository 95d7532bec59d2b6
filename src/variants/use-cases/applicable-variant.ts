import type { UseCaseId } from '../../process/contract/index.js';

/**
 * The chosen variant of a use case for `card_type t`, as a lateral subquery with the columns of `process_version`: the choice for
 * the card type, or else the one for all. No row where none was chosen.
 */
export function applicableVariant(useCase: UseCaseId): string {
  return `(
    select p.* from variant_choice c join process_version p on p.definition_id = c.definition_id
    where c.use_case = '${useCase}' and (c.card_type = t.id or c.card_type is null)
    order by c.card_type nulls last limit 1)`;
}
