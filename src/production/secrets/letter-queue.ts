import type { Knex } from '../../kernel/db/database.js';
import { deleteSecrets } from './secret-store.js';
import type { SecretOrder } from './secret-types.js';

/** A PIN letter that this worker has taken on. */
export interface ClaimedLetter extends SecretOrder {
  /** Tries so far, this one included. */
  readonly attempts: number;
}

/** What a letter says beside the secrets: the card as it was approved. */
export interface LetterContent {
  readonly holderName: string;
  readonly department: string;
  readonly cardTypeName: string;
  readonly cardNumber: string;
  /** Id of the backend that made the card. */
  readonly backend: string;
}

/** Takes up to `limit` due letters on. @param leaseSeconds longer than one try can last */
export async function claimLetters(db: Knex, limit: number, leaseSeconds: number): Promise<ClaimedLetter[]> {
  const { rows } = await db.raw<{ rows: ClaimedLetter[] }>(
    `with due as materialized (
       select card_id, number from secret_letter where due_at <= now() order by due_at limit :limit for update skip locked)
     update secret_letter l set attempts = l.attempts + 1, due_at = now() + make_interval(secs => :leaseSeconds)
     from due where l.card_id = due.card_id and l.number = due.number
     returning l.card_id as "cardId", l.number, l.attempts`,
    { limit, leaseSeconds },
  );
  return rows;
}

export async function readLetterContent(db: Knex, { cardId, number }: SecretOrder): Promise<LetterContent> {
  const { rows } = await db.raw<{ rows: LetterContent[] }>(
    `select s.data->>'name' as "holderName", s.data->>'department' as department, s.data->>'cardTypeName' as "cardTypeName",
       c.number as "cardNumber", o.backend
     from production_order o join card c on c.id = o.card_id join card_snapshot s on s.card_id = o.card_id
     where o.card_id = cast(:cardId as uuid) and o.number = :number`,
    { cardId, number },
  );
  const content = rows[0];
  if (content === undefined) throw new Error(`production ${number} of card ${cardId} has no snapshot`);
  return content;
}

/** Ends a letter that was printed, or that has nothing to say any more, and erases what it said. */
export async function endLetter(db: Knex, order: SecretOrder): Promise<void> {
  await deleteSecrets(db, order, 'print');
  await db('secret_letter').where({ card_id: order.cardId, number: order.number }).delete();
}

/** Gives a letter another try after `delayMs` milliseconds. */
export async function postponeLetter(
  db: Knex,
  { cardId, number, attempts }: ClaimedLetter,
  delayMs: number,
  error: string,
): Promise<void> {
  await db('secret_letter')
    .where({ card_id: cardId, number, attempts })
    .update({ due_at: db.raw('now() + make_interval(secs => ?)', [delayMs / 1_000]), last_error: error.slice(0, 500) });
}

/** Milliseconds until a letter is due; Infinity where there is none. */
export async function nextLetterMs(db: Knex): Promise<number> {
  const { rows } = await db.raw<{ rows: { ms: number | null }[] }>(
    `select ceil(extract(epoch from min(due_at) - now()) * 1000)::int as ms from secret_letter`,
  );
  return Math.max(0, rows[0]?.ms ?? Infinity);
}
