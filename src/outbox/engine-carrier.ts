import { isEngineError, type EngineClient } from '../engine/client.js';
import type { CommandPayload } from './command-store.js';

/** How the engine took a command. `retry` carries what it said; `refused` a sentence for the requester. */
export type CommandResult =
  | { readonly state: 'done' | 'obsolete' }
  | { readonly state: 'refused'; readonly reason: string }
  | { readonly state: 'retry'; readonly error: string };

/** Tries after which an instance that never comes to wait for its message is ended instead. */
const correlationAttempts = 6;

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
          return await this.start(payload);
        case 'correlate':
          return await this.correlate(payload, attempts);
        case 'end':
          return await this.end(payload.processInstanceId, payload.reason);
      }
    } catch (raw) {
      return { state: 'retry', error: raw instanceof Error ? raw.message : String(raw) };
    }
  }

  private async start(payload: CommandPayload & { kind: 'start' }): Promise<CommandResult> {
    const { message, businessKey, variables, user } = payload;
    try {
      await this.engine.call({
        user,
        method: 'POST',
        path: '/message',
        body: { messageName: message, businessKey, processVariables: variables },
      });
      return { state: 'done' };
    } catch (raw) {
      if (!isEngineError(raw, 403)) throw raw;
      return { state: 'refused', reason: 'Request card was disabled, or the requester may not request cards any more.' };
    }
  }

  private async correlate(payload: CommandPayload & { kind: 'correlate' }, attempts: number): Promise<CommandResult> {
    const { message, processInstanceId, elseEnd } = payload;
    try {
      await this.engine.call({ user: this.user, method: 'POST', path: '/message', body: { messageName: message, processInstanceId } });
      return { state: 'done' };
    } catch (raw) {
      if (!isEngineError(raw, 400)) throw raw;
      if (!(await this.isRunning(processInstanceId))) return { state: 'obsolete' };
      if (elseEnd !== undefined && attempts >= correlationAttempts) return this.end(processInstanceId, elseEnd);
      return { state: 'retry', error: raw.message };
    }
  }

  private async end(processInstanceId: string, reason: string): Promise<CommandResult> {
    try {
      await this.engine.call({
        user: this.user,
        method: 'POST',
        path: '/process-instance/delete',
        body: { processInstanceIds: [processInstanceId], deleteReason: reason },
      });
      return { state: 'done' };
    } catch (raw) {
      if (isEngineError(raw, 400, 404)) return { state: 'obsolete' };
      throw raw;
    }
  }

  private async isRunning(processInstanceId: string): Promise<boolean> {
    try {
      await this.engine.call({ user: this.user, path: `/process-instance/${encodeURIComponent(processInstanceId)}` });
      return true;
    } catch (raw) {
      if (isEngineError(raw, 404)) return false;
      throw raw;
    }
  }
}
