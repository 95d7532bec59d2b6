import type { Knex, Transaction } from '../../kernel/db/database.js';
import { locks } from '../../kernel/db/locks.js';
import { finalCardStates } from '../../domain/card-states.js';

/** What is erased by time, in the order in which it is done. */
export const erasedKinds = ['requests', 'cards', 'photos'] as const;

export type ErasedKind = (typeof erasedKinds)[number];

/** Most objects that are erased in one transaction. */
export const chunk = 500;

/** How each kind finds what is due: the ids of the oldest, for a limit and the days that they stay. */
const dueSql: Readonly<Record<ErasedKind, string>> = {
  requests: `select id from card_request where erased_at is null and ended_at < now() - make_interval(days => :days) order by ended_at`,
  // The literal list, not a parameter: only so PostgreSQL knows that the partial index serves.
  cards: `select id from card where erased_at is null and state in (${finalCardStates.map((state) => `'${state}'`).join(', ')})
    and changed_at < now() - make_interval(days => :days) order by changed_at`,
  // A form that is open may show a photo that its holder has replaced meanwhile.
  photos: `select p.id from photo p where p.created_at < now() - make_interval(days => :days)
    and not exists (select from holder h where h.photo_id = p.id)
    and not exists (select from card_snapshot s where s.photo_id = p.id) order by p.created_at`,
};

/** How many objects of a kind are due. @param days how long they stay */
export async function countDue(db: Knex, kind: ErasedKind, days: number): Promise<number> {
  const { rows } = await db.raw<{ rows: [{ count: number }] }>(
    `select count(*)::integer as count from (${dueSql[kind]}) as due`,
    { days },
  );
  return rows[0].count;
}

/**
 * Erases the oldest objects of a kind that are due, at most 500. What someone else holds is left for the next time.
 * @returns how many
 */
export async function eraseDue(trx: Transaction, actor: string, kind: ErasedKind, days: number): Promise<number> {
  // PostgreSQL counts a row lock as changing, and photos are for nobody to change: one server at a time erases them.
  const skipLocked = kind === 'photos' ? '' : 'for update skip locked';
  if (kind === 'photos') await trx.raw('select pg_advisory_xact_lock(?)', [locks.erasingPhotos]);
  const { rows } = await trx.raw<{ rows: { id: string }[] }>(`${dueSql[kind]} limit :chunk ${skipLocked}`, {
    days,
    chunk,
  });
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return 0;
  if (kind === 'photos') await erasePhotos(trx, actor, ids);
  else
    await eraseRecords(trx, actor, kind === 'requests' ? { requests: ids, cards: [] } : { requests: [], cards: ids });
  return ids.length;
}

async function erasePhotos(trx: Transaction, actor: string, ids: readonly string[]): Promise<void> {
  await trx.raw(`select erase_photos(:actor, '{"cause": "retention"}', cast(:ids as uuid[]))`, {
    actor,
    ids: [...ids],
  });
}

async function eraseRecords(trx: Transaction, actor: string, objects: ErasedObjects): Promise<void> {
  const { rows: photos } = await trx.raw<{ rows: { id: string }[] }>(
    'select distinct photo_id as id from card_snapshot where card_id = any(cast(:cards as uuid[])) and photo_id is not null',
    { cards: [...objects.cards] },
  );
  await trx.raw(
    `select erase_personal_data(:actor, '{"cause": "retention"}', cast(:requests as uuid[]), cast(:cards as uuid[]))`,
    {
      actor,
      requests: [...objects.requests],
      cards: [...objects.cards],
    },
  );
  await erasePhotos(
    trx,
    actor,
    photos.map(({ id }) => id),
  );
  await eraseSealed(trx, objects.cards);
  await finishLater(trx, objects);
}

export interface ErasedObjects {
  readonly requests: readonly string[];
  readonly cards: readonly string[];
}

/** PINs that nobody fetched, and orders as they went to a backend. */
export async function eraseSealed(trx: Transaction, cards: readonly string[]): Promise<void> {
  const bound = { cards: [...cards] };
  await trx.raw('delete from secret_letter where card_id = any(cast(:cards as uuid[]))', bound);
  await trx.raw('delete from card_secret where card_id = any(cast(:cards as uuid[]))', bound);
  await trx.raw(
    'update production_order set body = null where card_id = any(cast(:cards as uuid[])) and body is not null',
    bound,
  );
}

/** Records what the engine may still remember, and what mails may still be on their way about. @param holder when all of them are erased */
export async function finishLater(
  trx: Transaction,
  { requests, cards }: ErasedObjects,
  holder: string | null = null,
): Promise<void> {
  await trx.raw(
    `insert into erasure_to_finish (kind, id)
     select 'card-request', unnest(cast(:requests as uuid[])) union all select 'card', unnest(cast(:cards as uuid[]))
     union all select 'holder', cast(:holder as uuid) where cast(:holder as uuid) is not null
     on conflict (kind, id) do update set due_at = now()`,
    { requests: [...requests], cards: [...cards], holder },
  );
}
