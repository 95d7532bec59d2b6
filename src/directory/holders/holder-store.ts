import { containing } from '../../kernel/db/containing.js';
import { canonicalReference } from '../../domain/identities.js';
import type { Knex } from '../../kernel/db/database.js';
import type { Holder, HolderFilter, HolderMatches, HolderPosition, HolderState } from './holder-types.js';

const columns = {
  id: 'id',
  employeeNumber: 'employee_number',
  givenName: 'given_name',
  familyName: 'family_name',
  email: 'email',
  upn: 'upn',
  department: 'department',
  state: 'state',
  account: 'account',
  photoId: 'photo_id',
} as const;

/** Words beyond these are ignored: a pasted page must not become a statement of a thousand conditions. */
const mostWords = 8;
const longestQuery = 320;

/** The query in the one form of references: so are employee numbers, UPNs and e-mail addresses kept. */
function normalise(query: string): string {
  return canonicalReference(query.slice(0, longestQuery));
}

function words(query: string): string[] {
  return normalise(query)
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .slice(0, mostWords);
}

/** What a word without `@` is looked for in: everyone's address ends in the name of the organisation. */
const withoutDomains = `lower(concat_ws(' ', employee_number, given_name, family_name, split_part(email, '@', 1), split_part(upn, '@', 1)))`;

/** The holders whom a search means, as the beginning of a query. */
export function matching(db: Knex, { q, state }: HolderFilter): Knex.QueryBuilder {
  const query = db('holder').whereNull('erased_at');
  // One condition a word, not `like all (array)`: only these can use the trigram index.
  for (const word of words(q ?? '')) {
    query.whereRaw('search like lower(?)', [containing(word)]);
    if (!word.includes('@')) query.whereRaw(`${withoutDomains} like lower(?)`, [containing(word)]);
  }
  if (state !== undefined) query.where({ state });
  return query;
}

/**
 * The best matches first: employee number, UPN or e-mail in full, then the full name, then everyone else by name.
 * A query without any word matches nobody.
 */
export async function searchHolders(
  db: Knex,
  query: string,
  limit: number,
  state?: HolderState,
): Promise<HolderMatches> {
  if (words(query).length === 0) return { holders: [], total: 0 };
  const whole = normalise(query);
  const name = words(query).join(' ');
  const rows = await matching(db, { q: query, state })
    .select<(Holder & { total: string })[]>(columns, db.raw('count(*) over () as total'))
    .orderByRaw('lower(?) in (lower(employee_number), lower(upn), lower(email)) desc', [whole])
    .orderByRaw(`lower(?) in (lower(given_name || ' ' || family_name), lower(family_name || ' ' || given_name)) desc`, [
      name,
    ])
    .orderBy(['family_name', 'given_name', 'id'])
    .limit(limit);
  return { holders: rows.map(({ total: _, ...holder }) => holder), total: Number(rows[0]?.total ?? 0) };
}

/** Holders by family and given name, from the one after `after` on. */
export async function listHolders(
  db: Knex,
  filter: HolderFilter,
  limit: number,
  after?: HolderPosition,
): Promise<Holder[]> {
  const query = matching(db, filter);
  if (after !== undefined) {
    query.whereRaw('(family_name, given_name, id) > (?, ?, cast(? as uuid))', [
      after.familyName,
      after.givenName,
      after.id,
    ]);
  }
  return query.select<Holder[]>(columns).orderBy(['family_name', 'given_name', 'id']).limit(limit);
}

/** Holders that this id, employee number, UPN or e-mail belongs to; two are enough to see that it is ambiguous. */
export async function holdersByReference(db: Knex, reference: string): Promise<Holder[]> {
  const ref = normalise(reference);
  const id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(ref) ? ref : null;
  return db('holder')
    .whereRaw(
      '(id = cast(:id as uuid) or lower(employee_number) = lower(:ref) or lower(upn) = lower(:ref) or lower(email) = lower(:ref))',
      {
        id,
        ref,
      },
    )
    .select(columns)
    .limit(2);
}

export async function holderById(db: Knex, id: string): Promise<Holder | null> {
  const row = await db('holder').where({ id }).first<Holder | undefined>(columns);
  return row ?? null;
}
