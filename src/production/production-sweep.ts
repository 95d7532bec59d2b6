import { appendAudit } from '../records/index.js';
import type { Knex } from '../kernel/db/database.js';
import { systemActor } from '../domain/roles.js';
import { stuckOnes } from '../engine/stuck-store.js';
import { sweep, type Followed, type SweepDeps } from '../engine/sweep.js';
import { orderKeyText } from './backends/backend.js';
import { startProcess, type FollowedOrder } from './production-process.js';

/** An order younger than this may still be on its way into the engine (seconds). */
const settleSeconds = 60;

/**
 * Mends live orders whose process instance is gone: each gets a new instance that waits for its end. The card is made in
 * any case; the process is only what follows it. One that has ended as its diagram says did not want to wait.
 * @param settle seconds that an order must be old
 * @returns the orders for which an instance was started
 */
export async function sweepProductions(db: Knex, deps: SweepDeps, settle = settleSeconds): Promise<FollowedOrder[]> {
  return sweep(deps, {
    name: 'orders',
    open: (after, most) => liveOrders(db, settle, most, after),
    restartsCompleted: () => false,
    startAgain: (order) => startAgain(db, order, deps.user),
  });
}

async function liveOrders(
  db: Knex,
  settle: number,
  most: number,
  after: string | undefined,
): Promise<(FollowedOrder & Followed)[]> {
  const orders = await db('production_order as o')
    .whereNull('o.ended_at')
    // The process of a batch order follows all of its orders.
    .whereNull('o.batch_id')
    .whereRaw('o.ordered_at < now() - make_interval(secs => ?)', [settle])
    .whereNotExists(stuckOnes(db, 'card', 'o.card_id'))
    .whereNotExists(
      db('engine_command as c').whereRaw('c.card_id = o.card_id').where({ 'c.state': 'pending', 'c.kind': 'start' }),
    )
    .where((since) => {
      if (after !== undefined) void since.where('o.card_id', '>', after);
    })
    // A card has one live order.
    .orderBy('o.card_id')
    .limit(most)
    .select<FollowedOrder[]>({ cardId: 'o.card_id', number: 'o.number', processInstanceId: 'o.process_instance_id' });
  return orders.map((order) => ({ ...order, id: order.cardId, businessKey: orderKeyText(order) }));
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
