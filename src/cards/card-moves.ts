import type { Transaction } from '../kernel/db/database.js';
import { cardMoves, type CardMove } from '../domain/card-states.js';

/**
 * The only place that writes the state of a card; lint refuses it anywhere else. A move is guarded by the states that it
 * begins in, and its audit row is written by the same statement, so a repeat changes and records nothing.
 *
 * Moves are parts of the statement that causes them, which therefore costs one round trip for any number of cards. Before them
 * it has a part `going` with one row for each card: `card_id uuid`, `move text` (a key of `cardMoves`), `actor text`,
 * `definition_id text` (of the process in which it happens, or null) and `details jsonb`. After them it has a part `moved`
 * with the `id`, `number`, `from_state` and `to_state` of each card that was moved.
 */
const moves = Object.entries(cardMoves)
  .flatMap(([move, { action, from, to }]) =>
    from.map((state) => `('${move}', ${state === null ? 'null' : `'${state}'`}, '${to}', '${action}')`),
  )
  .join(', ');
const ofMove = `join (values ${moves}) as k (move, from_state, to_state, action) on k.move = g.move`;
const result = 'k.action, k.from_state, k.to_state, g.actor, g.definition_id, g.details';

const recordedMoves = `
  recorded_moves as (
    insert into audit (actor, action, object_type, object_id, from_state, to_state, process_key, process_version, details)
    select m.actor, m.action, 'card', m.id::text, m.from_state, m.to_state, v.process_key, v.version, coalesce(m.details, '{}')
    from moved m left join process_version v on v.definition_id = m.definition_id)`;

/**
 * Moves cards that there are.
 * @param also further columns of `card c` that change with the state, from those of `going g`: `column = expression`
 */
export function movedCards(also: readonly string[] = []): string {
  return `
  moved as (
    update card c set ${['state = k.to_state', 'changed_at = now()', ...also].join(', ')}
    from going g ${ofMove}
    where c.id = g.card_id and c.state = k.from_state
    returning c.id, c.number, ${result}),${recordedMoves}`;
}

/** Makes cards in the state that their move leads to; `going` has their `holder_id` and `card_type` too. */
export const madeCards = `
  made as (
    insert into card (id, holder_id, card_type, state)
    select g.card_id, g.holder_id, g.card_type, k.to_state from going g ${ofMove} returning id, number),
  moved as (
    select c.id, c.number, ${result} from made c join going g on g.card_id = c.id ${ofMove}),${recordedMoves}`;

/**
 * Moves one card, in a statement of its own.
 * @returns false where the card is in no state in which the move begins
 */
export async function moveCard(
  trx: Transaction,
  cardId: string,
  move: CardMove,
  { by, details }: { readonly by: string; readonly details: Readonly<Record<string, unknown>> },
): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    `with going as (
       select cast(:cardId as uuid) as card_id, cast(:move as text) as move, cast(:by as text) as actor,
         cast(null as text) as definition_id, cast(:details as jsonb) as details),${movedCards()}
     select id from moved`,
    { cardId, move, by, details: JSON.stringify(details) },
  );
  return rows.length === 1;
}
