import { prepared, violates, type Transaction } from '../kernel/db/database.js';
import { ProductError } from '../kernel/errors.js';
import { movedCards, takeSnapshots } from '../cards/index.js';
import { judgeCards } from './order-refusals.js';
import type { OrderedFrom, OrderTask, PlacedOrders, PlacedOrder, OrderRequest } from './production-types.js';

/**
 * Numbers, moves, orders and records any number of cards in one statement. A card that has a number keeps it, and its
 * validity: both belong to the card, not to a production of it. `take_numbers` locks its range until the commit.
 */
const placeSql = `
  with chosen as (
    select c.id, c.number, c.valid_until, t.number_range, t.backend, t.validity_months, a.place
    from jsonb_array_elements_text(cast(:ids as jsonb)) with ordinality as a (id, place)
    join card c on c.id = cast(a.id as uuid) join card_type t on t.id = c.card_type where c.state = cast(:from as text)),
  needing as (
    select id, number_range, row_number() over (partition by number_range order by place) as position from chosen where number is null),
  taken as (
    select r.number_range, given.number, given.position
    from (select number_range, count(*)::integer as many from needing group by number_range order by number_range) r
    cross join lateral take_numbers(r.number_range, r.many) with ordinality as given(number, position)),
  going as (
    select chosen.id as card_id, 'order' as move, cast(:orderedBy as text) as actor, cast(:definition as text) as definition_id,
      coalesce(chosen.number, taken.number) as card_number, coalesce(chosen.valid_until,
        last_day_of_validity(current_date, chosen.validity_months)) as valid_until,
      chosen.backend, chosen.place, p.number, jsonb_strip_nulls(jsonb_build_object(
        'number', p.number, 'backend', chosen.backend, 'batchOrder', cast(:batch as text))) as details
    from chosen left join needing using (id)
      left join taken on taken.number_range = needing.number_range and taken.position = needing.position
      cross join lateral (select 1 + coalesce(max(o.number), 0) as number from production_order o where o.card_id = chosen.id) p),
  ${movedCards(['number = g.card_number', 'valid_until = g.valid_until']).trimStart()},
  placed as (
    insert into production_order (card_id, number, backend, ordered_by, definition_id, process_instance_id, task_id, batch_id, turn)
    select m.id, g.number, g.backend, g.actor, g.definition_id, :instance, :task, cast(:batch as uuid), cast(:turn as integer) + g.place - 1
    from moved m join going g on g.card_id = m.id order by m.id returning card_id, number)
  select p.card_id as "cardId", p.number, m.number as "cardNumber"
  from placed p join moved m on m.id = p.card_id order by p.card_id`;

/**
 * Orders cards that stand in the state `from`, in one transaction for any number of cards. No backend is called: the commit
 * wakes the carrier. Cards that cannot be ordered are named with the reason and left unchanged. Card numbers follow the list.
 * @throws ProductError `use-case-disabled`, or `number-range-exhausted` and `number-range-conflict` for the whole call
 */
export async function placeOrders(
  trx: Transaction,
  cards: { readonly cardIds: readonly string[]; readonly from: OrderedFrom },
  { orderedBy, runningIn, useCase, batch }: OrderRequest,
): Promise<PlacedOrders> {
  const { allowed, refused } = await judgeCards(trx, cards, useCase, orderedBy);
  if (allowed.length === 0) return { ordered: [], refused };
  await takeSnapshots(trx, allowed);
  try {
    const { rows } = await trx
      .raw<{ rows: PlacedOrder[] }>(placeSql, {
        ids: JSON.stringify(allowed),
        from: cards.from,
        orderedBy,
        definition: runningIn?.definitionId ?? batch?.definitionId ?? null,
        instance: runningIn?.processInstanceId ?? null,
        task: runningIn?.taskId ?? null,
        batch: batch?.id ?? null,
        turn: batch?.firstTurn ?? 1,
      })
      .options(prepared('place-orders'));
    return { ordered: rows, refused };
  } catch (raw) {
    throw numberRefusal(raw) ?? raw;
  }
}

/**
 * What a task of the engine has ordered before, so that its repeat orders nothing. A repeat that runs at the same time
 * waits here for the other.
 */
export async function ordersOfTask(trx: Transaction, { taskId }: OrderTask): Promise<PlacedOrder[]> {
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [taskId]);
  return trx('production_order as o')
    .join('card as c', 'c.id', 'o.card_id')
    .where({ 'o.task_id': taskId })
    .orderBy('o.card_id')
    .select<PlacedOrder[]>({ cardId: 'o.card_id', number: 'o.number', cardNumber: 'c.number' });
}

function numberRefusal(raw: unknown): ProductError | null {
  if (violates(raw, 'number_range_exhausted')) {
    const message =
      'The number range of the card type has not enough numbers left. Ask an administrator to give it another one.';
    return new ProductError('number-range-exhausted', message, {}, { cause: raw });
  }
  if (violates(raw, 'card_number_key')) {
    const message =
      'The number range of the card type gives a number that another card has. Ask an administrator to correct it.';
    return new ProductError('number-range-conflict', message, {}, { cause: raw });
  }
  return null;
}
