import { prepared, type Transaction } from '../kernel/db/database.js';
import { ProductError, type ErrorCode } from '../kernel/errors.js';
import { useCases, type UseCaseId } from '../process/contract/index.js';
import type { OrderedFrom, RefusedCard } from './production-types.js';

const requestCard = 'request-card';

/** What decides whether each card can be ordered, locked until the transaction ends; in one order, so that no deadlock arises. */
const eligibilitySql = `
  select c.id, c.state, t.name as "cardType", h.given_name || ' ' || h.family_name as holder, h.state = 'active' as "holderActive",
    t.number_range is not null and t.layout is not null and t.backend is not null as complete,
    t.photo_required and (case when s.card_id is null then h.photo_id else s.photo_id end) is null as "photoMissing",
    exists (select from card_request r where r.card_id = c.id and r.state = 'approved') as approved,
    t.separate_producer and exists (
      select from card_request r join decision d on d.request_id = r.id
      where r.card_id = c.id and canonical_account(d.approver) = canonical_account(:orderedBy)) as "ownApproval"
  from card c join holder h on h.id = c.holder_id join card_type t on t.id = c.card_type
  left join card_snapshot s on s.card_id = c.id
  where c.id in (select cast(id as uuid) from jsonb_array_elements_text(cast(:ids as jsonb)) as a (id))
  order by c.id for update of c for share of h`;

interface CardEligibility {
  readonly id: string;
  readonly state: string;
  readonly cardType: string;
  readonly holder: string;
  readonly holderActive: boolean;
  readonly complete: boolean;
  readonly photoMissing: boolean;
  readonly approved: boolean;
  readonly ownApproval: boolean;
}

/**
 * Returns which cards can be ordered now, and keeps it so until the transaction ends: the cards and their holders, and the
 * use cases, whose row a switch has to lock.
 * @throws ProductError `use-case-disabled`
 */
export async function judgeCards(
  trx: Transaction,
  { cardIds, from }: { readonly cardIds: readonly string[]; readonly from: OrderedFrom },
  useCase: UseCaseId,
  orderedBy: string,
): Promise<{ allowed: string[]; refused: RefusedCard[] }> {
  const enabled = await enabledUseCases(trx, [useCase, requestCard]);
  if (!enabled.has(useCase))
    throw new ProductError(
      'use-case-disabled',
      `${useCases[useCase].name} is disabled. Ask an administrator to enable it.`,
    );
  const { rows } = await trx
    .raw<{ rows: CardEligibility[] }>(eligibilitySql, { ids: JSON.stringify(cardIds), orderedBy })
    .options(prepared('judge-cards'));
  const eligibilities = new Map(rows.map((row) => [row.id, row]));
  const allowed: string[] = [];
  const refused: RefusedCard[] = [];
  for (const cardId of new Set(cardIds)) {
    const refusal = refusalOf(eligibilities.get(cardId), from, enabled.has(requestCard));
    if (refusal === null) allowed.push(cardId);
    else refused.push({ cardId, code: refusal[0], reason: refusal[1] });
  }
  return { allowed, refused };
}

async function enabledUseCases(trx: Transaction, wanted: readonly UseCaseId[]): Promise<ReadonlySet<string>> {
  const ids = await trx('use_case')
    .whereIn('id', [...wanted])
    .orderBy('id')
    .forShare()
    .select<{ id: string; enabled: boolean }[]>('id', 'enabled');
  return new Set(ids.filter((row) => row.enabled).map((row) => row.id));
}

function refusalOf(
  card: CardEligibility | undefined,
  from: OrderedFrom,
  requestsOn: boolean,
): [ErrorCode, string] | null {
  if (card === undefined) return ['not-found', 'There is no such card.'];
  const { holder, cardType } = card;
  if (card.state === 'ordered') return ['order-live', `The card of ${holder} is being produced already.`];
  if (card.state !== from)
    return ['transition-refused', `The card of ${holder} is ${card.state}, not ${from}, so it cannot be produced.`];
  // Also for a repeat: a card that was ordered directly must not reach the printer once requests need an approval.
  if (requestsOn && !card.approved) {
    return [
      'direct-issue-off',
      `Request card is enabled, so a card for ${holder} needs an approved request before it is produced.`,
    ];
  }
  if (!card.holderActive) return ['holder-inactive', `${holder} is inactive, so no card can be produced.`];
  if (card.ownApproval)
    return [
      'self-production',
      `You approved the card of ${holder} yourself, so another production operator has to produce it.`,
    ];
  if (!card.complete) {
    return [
      'card-type-incomplete',
      `The card type ${cardType} has no number range, layout or backend yet. Ask an administrator to complete it.`,
    ];
  }
  if (card.photoMissing) return ['photo-missing', `The card type ${cardType} needs a photo, and ${holder} has none.`];
  return null;
}
