import { delayAfter } from './backoff.js';
import { pause } from './clock.js';
import type { Lock } from './lock.js';
import { verdictOf, type TaskProtocol } from './task-protocol.js';
import type { EngineRefusal } from './transport.js';

/**
 * What became of a call that reports a result:
 * - `accepted`: it took effect
 * - `gone`: the task had ended without us (cancelled, or completed by another)
 * - `lost`: the lock was lost, so the call was not sent or not taken
 * - `unresolved`: its answer was lost, and nobody could be asked while the lock was ours; the task is either done or
 *   will be handed out again
 */
export type Delivery = 'accepted' | 'gone' | 'lost' | 'unresolved' | { readonly rejected: EngineRefusal };

const betweenTries = { firstMs: 50, maxMs: 2_000 };

/**
 * Reports a result to the engine, as often as it takes while the lock is ours. A call whose answer was lost is never
 * repeated blindly: the engine is asked for the task first, and a task that has gone has taken our result.
 * @param send makes the call; throws what `verdictOf` classifies
 */
export async function deliver(
  send: () => Promise<void>,
  taskId: string,
  lock: Lock,
  protocol: TaskProtocol,
): Promise<Delivery> {
  let unanswered = false;
  for (let failures = 1; lock.held; failures += 1) {
    try {
      await send();
      return 'accepted';
    } catch (error) {
      const verdict = verdictOf(error);
      if (verdict === 'gone') return unanswered ? 'accepted' : 'gone';
      if (verdict === 'failed') return { rejected: error as EngineRefusal };
      if (verdict === 'refused') {
        const holder = await askHolder(taskId, lock, protocol);
        return holder === 'ours' ? { rejected: error as EngineRefusal } : 'lost';
      }
      unanswered ||= verdict === 'no-answer';
      await pause(delayAfter(failures, betweenTries));
    }
    if (unanswered) {
      const holder = await askHolder(taskId, lock, protocol);
      if (holder === 'gone') return 'accepted';
      if (holder === 'others') return 'lost';
    }
  }
  return unanswered ? 'unresolved' : 'lost';
}

async function askHolder(
  taskId: string,
  lock: Lock,
  protocol: TaskProtocol,
): Promise<'ours' | 'others' | 'gone' | 'unknown'> {
  for (let failures = 1; lock.held; failures += 1) {
    try {
      return await protocol.holds(taskId);
    } catch (error) {
      // Only to throw what is an error in our own program.
      verdictOf(error);
      await pause(delayAfter(failures, betweenTries));
    }
  }
  return 'unknown';
}
