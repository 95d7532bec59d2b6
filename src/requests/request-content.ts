import { createHash } from 'node:crypto';
import type { Knex } from '../kernel/db/database.js';
import { ProductError } from '../kernel/errors.js';
import type { HolderChoice, RequestView } from '../process/contract/index.js';

/** What an approver is shown of a request, as it is at this moment. */
export interface RequestContent {
  readonly id: string;
  /** Name of the card type. */
  readonly cardType: string;
  readonly requestedAt: Date;
  readonly holder: Omit<HolderChoice, 'photoUrl'>;
  readonly requester: RequestView['requester'];
  /** As in `RequestRow`. */
  readonly holderAccounts: readonly (string | null)[];
}

const contentSql = `
  select r.id, t.name as "cardType", r.created_at as "requestedAt",
    json_build_object('id', h.id, 'employeeNumber', h.employee_number, 'name', h.given_name || ' ' || h.family_name,
      'email', h.email, 'upn', h.upn, 'department', h.department, 'state', h.state, 'account', h.account, 'photoId', h.photo_id) as holder,
    json_build_object('account', r.requester, 'name', coalesce(p.given_name || ' ' || p.family_name, r.requester),
      'department', p.department) as requester, r.holder_accounts as "holderAccounts"
  from card_request r join holder h on h.id = r.holder_id join card_type t on t.id = r.card_type
  left join holder p on p.account = canonical_account(r.requester)`;

/**
 * @param lock keeps holder and card type from changing until the transaction ends
 * @throws ProductError `not-found`
 */
export async function readRequestContent(
  db: Knex,
  id: string,
  lock: '' | 'for share of h, t' = '',
): Promise<RequestContent> {
  const [content] = await readRequestContents(db, [id], lock);
  if (content === undefined) throw new ProductError('not-found', 'There is no such request.');
  return content;
}

/** The same of many requests, by their ids; ids that no request has are left out. */
export async function readRequestContents(
  db: Knex,
  ids: readonly string[],
  lock: '' | 'for share of h, t' = '',
): Promise<RequestContent[]> {
  const { rows } = await db.raw<{ rows: RequestContent[] }>(
    `${contentSql} where r.id in (select cast(id as uuid) from jsonb_array_elements_text(cast(:ids as jsonb)) as wanted (id)) order by r.id ${lock}`,
    { ids: JSON.stringify(ids) },
  );
  return rows;
}

/** The part of what is shown that an approval is about; what it is called where people read it. */
const approvedParts = {
  name: 'name',
  employeeNumber: 'employee number',
  department: 'department',
  email: 'e-mail',
  upn: 'UPN',
  account: 'account',
  photoId: 'photo',
} as const satisfies Partial<Record<keyof HolderChoice, string>>;

type Shown = {
  readonly cardType: string;
  readonly holder: Readonly<Partial<Record<keyof HolderChoice, string | null>>>;
};

function partsOf({ cardType, holder }: Shown): [string, string | null | undefined][] {
  const parts = Object.entries(approvedParts).map(([key, label]): [string, string | null | undefined] => [
    label,
    holder[key as keyof HolderChoice],
  ]);
  return [['card type', cardType], ...parts];
}

/** The same for the same content: an approval names by it what the approver saw. */
export function fingerprintOf(content: Shown): string {
  return createHash('sha256')
    .update(JSON.stringify(partsOf(content)))
    .digest('base64url');
}

/** What is different between two contents, in words. */
export function differencesBetween(shown: Shown, now: Shown): string[] {
  const before = new Map(partsOf(shown));
  return partsOf(now).flatMap(([label, value]) => (before.get(label) === value ? [] : [label]));
}

/** The refusal of an approval of something else than is true now. @param changed what is different, in words */
export function requestOutdated(holder: string, changed: readonly string[]): ProductError {
  const what =
    changed.length === 0
      ? 'What you saw is not the newest'
      : `Of the card for ${holder} this has changed since you opened it: ${changed.join(', ')}`;
  return new ProductError('request-outdated', `${what}. Nothing was decided. Look at the request again, then decide.`);
}
