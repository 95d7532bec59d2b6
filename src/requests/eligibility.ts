import { prepared, type Knex, type Transaction } from '../kernel/db/database.js';
import { ProductError } from '../kernel/errors.js';
import type { Eligibility } from './request-types.js';
import { applicableVariant } from '../variants/index.js';

/** One row a pair of holder and card type; the most specific choice of a variant wins. */
const eligibilitySql = `
  select h.id, h.employee_number as "employeeNumber", h.given_name || ' ' || h.family_name as name, h.email, h.upn,
    h.department, h.state, h.account, h.photo_id is not null as "hasPhoto",
    t.id as "typeId", t.name as "typeName", t.photo_required as "photoRequired", u.enabled,
    v.definition_id as "definitionId", v.process_key as "processKey", v.version, v.name as "variantName",
    (select r.id from card_request r where r.holder_id = h.id and r.card_type = t.id and r.ended_at is null
       and r.id is distinct from cast(:request as uuid)) as "openRequestId"
  from holder h cross join card_type t join use_case u on u.id = 'request-card'
  left join lateral ${applicableVariant('request-card')} v on true
  where t.id = :cardType and`;

interface Row {
  id: string;
  employeeNumber: string;
  name: string;
  email: string;
  upn: string;
  department: string;
  state: string;
  account: string | null;
  hasPhoto: boolean;
  typeId: string;
  typeName: string;
  photoRequired: boolean;
  enabled: boolean;
  definitionId: string | null;
  processKey: string;
  version: number;
  variantName: string;
  openRequestId: string | null;
}

/**
 * Keeps the choice of a variant as it is until the transaction ends: a switch locks the same row. Taken in a statement of its
 * own, before `readEligibility`: that one may wait for its holder, and would then go by the choice from before it waited.
 */
export async function lockVariantChoice(trx: Transaction): Promise<void> {
  await trx.raw(`select from use_case where id = 'request-card' for share`).options(prepared('lock-variant-choice'));
}

/**
 * Reads what decides about a request, and keeps the holder from changing until the transaction ends.
 * @param request a request that does not count as another open one, or null
 * @throws ProductError `card-type-unknown` or `holder-unknown`
 */
export async function readEligibility(
  db: Knex,
  holder: string,
  cardType: string,
  request: string | null = null,
): Promise<Eligibility> {
  const result = await db
    .raw<{ rows: Row[] }>(`${eligibilitySql} h.id = cast(:holder as uuid) for share of h`, {
      holder,
      cardType,
      request,
    })
    .options(prepared('eligibility'));
  const row = result.rows[0];
  if (row !== undefined) return toEligibility(row);
  const types = await db('card_type').orderBy('position').pluck<string[]>('id');
  if (types.includes(cardType))
    throw new ProductError('holder-unknown', 'There is no such card holder any more. Search again.');
  throw new ProductError('card-type-unknown', `There is no card type "${cardType}". There are: ${types.join(', ')}.`);
}

/**
 * The same for many holders at once; ids that no holder has are left out.
 * @param lock keeps the holders from changing until the transaction ends
 */
export async function readEligibilities(
  db: Knex,
  holders: readonly string[],
  cardType: string,
  lock: '' | 'for share of h' = '',
): Promise<Eligibility[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `${eligibilitySql} h.id in (select cast(id as uuid) from jsonb_array_elements_text(cast(:holders as jsonb)) as chosen (id)) order by h.id ${lock}`,
    { holders: JSON.stringify(holders), cardType, request: null },
  );
  return rows.map(toEligibility);
}

/** Where requesting a card is forbidden now, the reason as a sentence; null where it is allowed. */
export function refusalOf(eligibility: Eligibility): ProductError | null {
  if (!eligibility.enabled || eligibility.choice === null) {
    return new ProductError('use-case-disabled', 'Request card is disabled. Ask an administrator to enable it.');
  }
  return refusalOfHolder(eligibility);
}

/** The same where a variant was pinned before, so that it does not matter whether the use case is enabled now. */
export function refusalOfHolder({ holder, cardType, openRequestId }: Eligibility): ProductError | null {
  if (holder.state !== 'active') {
    return new ProductError(
      'holder-inactive',
      `${holder.name} (${holder.employeeNumber}) is inactive, so no card can be requested.`,
    );
  }
  if (cardType.photoRequired && !holder.hasPhoto) {
    return new ProductError(
      'photo-missing',
      `The card type ${cardType.name} needs a photo, and ${holder.name} has none. Add one under Photos on the start page, then try again.`,
    );
  }
  if (openRequestId !== null) return openRequestExists(holder.name, cardType.name, openRequestId);
  return null;
}

/** The refusal of a second request while one is open. */
export function openRequestExists(holder: string, cardType: string, requestId: string | null): ProductError {
  return new ProductError(
    'open-request-exists',
    `There is an open request for ${holder} and the card type ${cardType} already. Wait for its decision or abort it first.`,
    requestId === null ? {} : { openRequest: requestId },
  );
}

function toEligibility(row: Row): Eligibility {
  return {
    holder: {
      id: row.id,
      employeeNumber: row.employeeNumber,
      name: row.name,
      email: row.email,
      upn: row.upn,
      department: row.department,
      state: row.state,
      account: row.account,
      hasPhoto: row.hasPhoto,
    },
    cardType: { id: row.typeId, name: row.typeName, photoRequired: row.photoRequired },
    enabled: row.enabled,
    choice:
      row.definitionId === null
        ? null
        : { definitionId: row.definitionId, processKey: row.processKey, version: row.version, name: row.variantName },
    openRequestId: row.openRequestId,
  };
}
