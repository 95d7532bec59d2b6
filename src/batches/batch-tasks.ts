import { isEngineError, type EngineClient } from '../engine/client.js';
import { isProductError } from '../kernel/errors.js';
import type { EngineVariable } from '../engine/outbox/command-store.js';
import { processOf } from '../batch-rows/index.js';
import type { BatchHead } from '../batch-rows/batch-types.js';

const tasklist = '/camunda/app/tasklist/default/';
/** A page is shown without the engine rather than late (ms). */
const timeoutMs = 3_000;

/** What the form of a draft shows of its choice. */
export interface ShownChoice {
  /** Variables that hold lists and objects. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly notice: string;
}

/** The tasks of batch orders in the engine. Pages do without them where the engine does not answer. */
export class BatchTasks {
  constructor(
    private readonly engine: EngineClient,
    private readonly systemUser: string,
  ) {}

  /** Where a person continues in Tasklist: at the open task of a batch order, or at its beginning where there is none. */
  async addressOf(head: Pick<BatchHead, 'id' | 'processInstanceId'> | null): Promise<string> {
    if (head === null) return tasklist;
    const place = processOf(head);
    const query = 'businessKey' in place ? { processInstanceBusinessKey: place.businessKey } : place;
    const tasks = await this.orNull(
      this.engine.call<{ id: string }[]>({ user: this.systemUser, path: '/task', query: { ...query }, timeoutMs }),
    );
    const [task] = tasks ?? [];
    return task === undefined ? tasklist : `${tasklist}#/?task=${task.id}`;
  }

  /**
   * Puts the choice of a draft under the form that orders it, so that a person who opens the form again sees it. The choice
   * itself is in the database: a form that could not be updated shows older numbers, and orders the current choice.
   */
  async show(
    { processInstanceId }: Pick<BatchHead, 'processInstanceId'>,
    { json, notice }: ShownChoice,
  ): Promise<void> {
    if (processInstanceId === null) return;
    const values = Object.entries(json).map(([name, value]): [string, EngineVariable] => [
      name,
      { value: JSON.stringify(value), type: 'Json' },
    ]);
    const modifications = Object.fromEntries<EngineVariable>([
      ...values,
      ['notice', { value: notice, type: 'String' }],
    ]);
    const path = `/process-instance/${encodeURIComponent(processInstanceId)}/variables`;
    await this.orNull(
      this.engine.call({ user: this.systemUser, method: 'POST', path, body: { modifications }, timeoutMs }),
    );
  }

  private async orNull<T>(call: Promise<T>): Promise<T | null> {
    try {
      return await call;
    } catch (raw) {
      if (isEngineError(raw) || isProductError(raw, 'engine-unavailable')) return null;
      throw raw;
    }
  }
}
