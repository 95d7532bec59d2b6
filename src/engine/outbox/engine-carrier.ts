import { isEngineError, type EngineClient } from '../client.js';
import type { CommandPayload, InstanceAddress } from './command-store.js';

/**
 * How the engine took a command. `forbidden`: the user may not start the process. `retry` and `impossible` carry what the engine
 * said; `impossible` is a start that would fail in the same way for ever.
 */
export type CommandResult =
  | { readonly state: 'done' | 'obsolete' | 'forbidden' }
  | { readonly state: 'retry' | 'impossible'; readonly error: string };

/** Tries after which a start that the engine answers with an error counts as impossible: with growing pauses, about ten seconds. */
const startAttempts = 6;
/** Tries after which an instance that never comes to wait for its message is ended instead. */
const correlationAttempts = 6;
/** Tries after which an instance that was to be started will not come any more: with growing pauses, about half an hour. */
const arrivalAttempts = 40;

/** Carries commands of the outbox to the engine. A command may be carried out twice; processes take that calmly. */
export class EngineCarrier {
  constructor(
    private readonly engine: EngineClient,
    private readonly user: string,
  ) {}

  /** @param attempts how often the command was tried, this time included */
  async execute(payload: CommandPayload, attempts: number): Promise<CommandResult> {
    try {
      switch (payload.kind) {
        case 'start':
          return await this.start(payload, attempts);
        case 'correlate':
          return await this.correlate(payload, attempts);
        case 'end':
          return await this.end(payload);
      }
    } catch (raw) {
      return { state: 'retry', error: raw instanceof Error ? raw.message : String(raw) };
    }
  }

  private async start(payload: CommandPayload & { kind: 'start' }, attempts: number): Promise<CommandResult> {
    const { message, businessKey, variables, user } = payload;
    // The answer to the try before may be all that was lost.
    if (attempts > 1 && (await this.hasStarted(businessKey))) return { state: 'done' };
    try {
      await this.engine.call({
        user,
        method: 'POST',
        path: '/message',
        body: { messageName: message, businessKey, processVariables: variables },
      });
      return { state: 'done' };
    } catch (raw) {
      if (isEngineError(raw, 403)) return { state: 'forbidden' };
      // What the engine says again and again does not come from the moment.
      if (isEngineError(raw) && attempts >= startAttempts) return { state: 'impossible', error: raw.message };
      throw raw;
    }
  }

  private async correlate(payload: CommandPayload & { kind: 'correlate' }, attempts: number): Promise<CommandResult> {
    const { kind: _kind, message, variables, elseEnd, ...address } = payload;
    try {
      const processVariables = variables === undefined ? {} : { processVariables: variables };
      await this.engine.call({
        user: this.user,
        method: 'POST',
        path: '/message',
        body: { messageName: message, ...address, ...processVariables },
      });
      return { state: 'done' };
    } catch (raw) {
      if (!isEngineError(raw, 400)) throw raw;
      const running = await this.runningInstances(address);
      if (running.length > 1) return this.endSurplus(running, raw.message);
      if (running.length === 0 && !(await this.isOnItsWay(address, attempts))) return { state: 'obsolete' };
      if (running.length > 0 && elseEnd !== undefined && attempts >= correlationAttempts)
        return this.endAll(running, elseEnd);
      return { state: 'retry', error: raw.message };
    }
  }

  private async end({ kind: _kind, reason, ...address }: CommandPayload & { kind: 'end' }): Promise<CommandResult> {
    const running = await this.runningInstances(address);
    return running.length === 0 ? { state: 'obsolete' } : this.endAll(running, reason);
  }

  /** Two starts of one command can meet in the engine. The instance that came first continues; the next try finds it alone. */
  private async endSurplus(instances: readonly string[], error: string): Promise<CommandResult> {
    await this.endAll(instances.slice(1), 'Another instance follows the same business key.');
    return { state: 'retry', error };
  }

  private async endAll(processInstanceIds: readonly string[], reason: string): Promise<CommandResult> {
    try {
      await this.engine.call({
        user: this.user,
        method: 'POST',
        path: '/process-instance/delete',
        body: { processInstanceIds, deleteReason: reason },
      });
      return { state: 'done' };
    } catch (raw) {
      if (isEngineError(raw, 400, 404)) return { state: 'obsolete' };
      throw raw;
    }
  }

  /** The instance of this id, or the outermost ones with this business key, the oldest first. */
  private async runningInstances(address: InstanceAddress): Promise<string[]> {
    const query =
      'businessKey' in address
        ? { processInstanceBusinessKey: address.businessKey, rootProcessInstances: true }
        : { processInstanceIds: [address.processInstanceId] };
    const body = { ...query, unfinished: true, sorting: [{ sortBy: 'startTime', sortOrder: 'asc' }] };
    const found = await this.engine.call<{ id: string }[]>({
      user: this.user,
      method: 'POST',
      path: '/history/process-instance',
      body,
    });
    return found.map(({ id }) => id);
  }

  /** Whether an instance with this business key runs, or has ended as its diagram says. */
  private async hasStarted(businessKey: string): Promise<boolean> {
    const body = { processInstanceBusinessKey: businessKey, rootProcessInstances: true };
    const found = await this.engine.call<{ state: string }[]>({
      user: this.user,
      method: 'POST',
      path: '/history/process-instance',
      body,
    });
    return found.some(({ state }) => !state.endsWith('_TERMINATED'));
  }

  /** An instance with a business key may still have to be started, by a command of its own. */
  private async isOnItsWay(address: InstanceAddress, attempts: number): Promise<boolean> {
    if (!('businessKey' in address) || attempts >= arrivalAttempts) return false;
    const query = { processInstanceBusinessKey: address.businessKey };
    const { count } = await this.engine.call<{ count: number }>({
      user: this.user,
      path: '/history/process-instance/count',
      query,
    });
    return count === 0;
  }
}
