import type { Knex } from '../../kernel/db/database.js';
import type { EngineClient } from '../../engine/client.js';
import { orderKeyText } from '../../production/index.js';
import { EngineMemory, type InstanceNames } from './engine-memory.js';

/** Most objects that are finished in one go. */
const atOnce = 500;
/** After how long what a running process still shows is looked for again. */
const againAfter = '1 hour';

interface Unfinished {
  readonly kind: 'card-request' | 'card' | 'holder';
  readonly id: string;
}

/**
 * Makes the engine forget what was erased in our database: the history of the processes of these requests and cards and,
 * for a whole holder, of each process in which a form listed the holder. A process that still runs is left until it has
 * ended. Mails that were on their way when their subject was erased go now. It may be repeated at any point.
 * @returns how many objects are finished
 */
export async function finishErasures(db: Knex, engine: EngineClient, user: string): Promise<number> {
  const due = await lockDue(db);
  if (due.length === 0) return 0;
  const memory = new EngineMemory(engine, user);
  const blocked = new Set<string>();
  for (const kind of ['card-request', 'card', 'holder'] as const) {
    const ids = due.filter((each) => each.kind === kind).map(({ id }) => id);
    if (ids.length === 0) continue;
    const roots = await memory.rootsOf(await namesOf[kind](db, memory, ids));
    const forgotten = await forgetAll(memory, roots);
    if (!forgotten) blocked.add(kind);
  }
  const done = due.filter(({ kind }) => !blocked.has(kind));
  await db.transaction(async (trx) => {
    const ids = done.map(({ id }) => id);
    await trx.raw(
      `delete from mail where "left"(split_part(event_key, ':', 2), 36) = any(cast(:ids as text[])) and state <> 'sending'`,
      { ids },
    );
    await trx.raw(
      `delete from erasure_to_finish e where (e.kind, e.id) in (select * from unnest(cast(:kinds as text[]), cast(:ids as uuid[])))
       and not exists (select from mail m where "left"(split_part(m.event_key, ':', 2), 36) = cast(e.id as text))`,
      { kinds: done.map(({ kind }) => kind), ids },
    );
  });
  return done.length;
}

/** The oldest of one batch, put off at once, so that neither another server nor the next round takes them up meanwhile. */
async function lockDue(db: Knex): Promise<Unfinished[]> {
  const { rows } = await db.raw<{ rows: Unfinished[] }>(
    `with due as (select kind, id from erasure_to_finish where due_at <= now() order by due_at limit :atOnce for update skip locked)
     update erasure_to_finish e set due_at = now() + cast(:againAfter as interval)
     from due where e.kind = due.kind and e.id = due.id returning e.kind, e.id`,
    { atOnce, againAfter },
  );
  return rows;
}

async function forgetAll(memory: EngineMemory, roots: ReadonlySet<string>): Promise<boolean> {
  let all = true;
  for (const root of roots) all = (await memory.forget(root)) && all;
  return all;
}

/** The instances in which objects of a kind may be named. */
const namesOf: Readonly<
  Record<Unfinished['kind'], (db: Knex, memory: EngineMemory, ids: readonly string[]) => Promise<InstanceNames>>
> = {
  'card-request': async (db, _memory, ids) => {
    // A request of a batch order has no instance of its own: its holder is named in that of the batch order.
    const { rows } = await db.raw<{ rows: { instance: string | null; batch: string | null }[] }>(
      `select distinct coalesce(r.process_instance_id, b.process_instance_id) as instance, b.id as batch
       from card_request r left join batch_order b on b.id = r.batch_id where r.id = any(cast(:ids as uuid[]))`,
      { ids: [...ids] },
    );
    return {
      ids: rows.flatMap(({ instance }) => instance ?? []),
      businessKeys: [...ids, ...rows.flatMap(({ batch }) => batch ?? [])],
    };
  },
  card: async (db, _memory, ids) => {
    const orders = await db('production_order')
      .whereIn('card_id', [...ids])
      .select<{ instance: string | null; cardId: string; number: number }[]>({
        instance: 'process_instance_id',
        cardId: 'card_id',
        number: 'number',
      });
    return { ids: orders.flatMap(({ instance }) => instance ?? []), businessKeys: orders.map(orderKeyText) };
  },
  holder: async (db, memory, ids) => {
    const { rows } = await db.raw<{ rows: { id: string }[] }>(
      `select cast(id as text) as id from card_request where holder_id = any(cast(:ids as uuid[]))
       union all select cast(id as text) from card where holder_id = any(cast(:ids as uuid[]))`,
      { ids: [...ids] },
    );
    const shown = new Set([...ids, ...rows.map(({ id }) => id)]);
    // A form lists the first card holders of a batch order only, and reasons may be about any of them.
    const batches = await db('batch_order as b')
      .join('batch_row as r', 'r.batch_id', 'b.id')
      .where({ 'b.kind': 'request' })
      .whereIn('r.holder_id', [...ids])
      .distinct<{ id: string; instance: string | null }[]>({ id: 'b.id', instance: 'b.process_instance_id' });
    const instances = new Set([
      ...(await memory.instancesThatShow(shown)),
      ...batches.flatMap(({ instance }) => instance ?? []),
    ]);
    return { ids: [...instances], businessKeys: batches.map(({ id }) => id) };
  },
};
