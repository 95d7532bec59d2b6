import type { Contract, Inputs, TopicContract } from './contract-types.js';
import type { Log } from './log.js';
import type { Outcome } from './outcomes.js';

/** One task as its handler sees it. */
export interface Task<T extends TopicContract> {
  /** The engine's id of the task; the same in every attempt. */
  readonly id: string;
  readonly topic: string;
  readonly businessKey: string | null;
  readonly processInstanceId: string;
  readonly processDefinitionId: string;
  readonly processDefinitionKey: string;
  readonly activityId: string;
  readonly variables: Inputs<T>;
}

export interface HandlerContext {
  /**
   * Aborted when the result will not be wanted any more: the lock is lost, the time limit has passed, the worker
   * stops. Its reason is an `AbortedRun`.
   */
  readonly signal: AbortSignal;
  /** Carries topic, task id and business key. */
  readonly log: Log;
  /** 1 for the first attempt; crashes of a worker count. */
  readonly attempt: number;
  readonly attempts: number;
}

/** Does one whole step. Delivery is at least once, so its effects have to be idempotent by a key of the business. */
export type Handler<T extends TopicContract> = (task: Task<T>, context: HandlerContext) => Promise<Outcome<T>>;

/** One handler for each topic of the contract. */
export type Handlers<C extends Contract> = { readonly [K in keyof C]: Handler<C[K]> };
