import { appendAudit } from '../records/index.js';
import type { Knex } from '../kernel/db/database.js';
import { systemActor } from '../domain/roles.js';
import type { EngineClient } from '../engine/client.js';
import { orderKeyText } from './backends/backend.js';
import { startProcess, type FollowedOrder } from './production-process.js';

/** An order younger than this may still be on its way into the engine (seconds). */
const settleSeconds = 60;
const batch = 500;

/**
 * Mends live orders whose process instance is gone, because someone cancelled it, or never came: each gets a new instance
 * that waits for its end. The card is made in any case; the process is only what follows it.
 * @param settle seconds that an order must be old
 * @returns the orders for which an instance was started
 */
export async function sweepProductions(
  db: Knex,
  engine: EngineClient,
  user: string,
  settle = settleSeconds,
): Promise<FollowedOrder[]> {
  const live = await liveOrders(db, settle);
  const followed = await followedOrders(engine, user, live);
  const mended: FollowedOrder[] = [];
  for (const order of live) {
    if (!followed.has(order) && (await startAgain(db, order, user))) mended.push(order);
  }
  return mended;
}

async function liveOrders(db: Knex, settle: number): Promise<FollowedOrder[]> {
  return (
    db('production_order as o')
      .whereNull('o.ended_at')
      // The process of a batch order follows all of its orders.
      .whereNull('o.batch_id')
      .whereRaw('o.ordered_at < now() - make_interval(secs => ?)', [settle])
      .whereNotExists(
        db('engine_command as c').whereRaw('c.card_id = o.card_id').where({ 'c.state': 'pending', 'c.kind': 'start' }),
      )
      .orderBy('o.ordered_at')
      .limit(batch)
      .select<FollowedOrder[]>({ cardId: 'o.card_id', number: 'o.number', processInstanceId: 'o.process_instance_id' })
  );
}

interface HistoricInstance {
  readonly id: string;
  readonly businessKey: string | null;
  readonly state: 'ACTIVE' | 'SUSPENDED' | 'COMPLETED' | 'EXTERNALLY_TERMINATED' | 'INTERNALLY_TERMINATED';
}

/** Orders whose instance runs, or has ended as its diagram says: then nobody wants to wait. */
async function followedOrders(
  engine: EngineClient,
  user: string,
  orders: readonly FollowedOrder[],
): Promise<ReadonlySet<FollowedOrder>> {
  const find = (query: object) =>
    engine.call<HistoricInstance[]>({ user, method: 'POST', path: '/history/process-instance', body: query });
  const ids = orders.flatMap(({ processInstanceId }) => processInstanceId ?? []);
  const keys = orders.filter((order) => order.processInstanceId === null).map(orderKeyText);
  const found = [
    ...(ids.length === 0 ? [] : await find({ processInstanceIds: ids })),
    ...(keys.length === 0 ? [] : await find({ processInstanceBusinessKeyIn: keys })),
  ].filter((instance) => !instance.state.endsWith('_TERMINATED'));
  const names = new Set(found.flatMap(({ id, businessKey }) => (businessKey === null ? [id] : [id, businessKey])));
  return new Set(orders.filter((order) => names.has(order.processInstanceId ?? orderKeyText(order))));
}

/** In our own name: the card was ordered properly, even if its use case has been disabled since. */
async function startAgain(db: Knex, order: FollowedOrder, user: string): Promise<boolean> {
  const { cardId, number, processInstanceId } = order;
  return db.transaction(async (trx) => {
    const released = await trx('production_order')
      .where({ card_id: cardId, number, process_instance_id: processInstanceId })
      .whereNull('ended_at')
      .update({ process_instance_id: null });
    if (released === 0) return false;
    await startProcess(trx, order, user);
    await appendAudit(trx, [
      {
        actor: systemActor,
        action: 'process-started-again',
        objectType: 'card',
        objectId: cardId,
        details: { number, goneInstance: processInstanceId },
      },
    ]);
    return true;
  });
}
