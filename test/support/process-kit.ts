import { randomUUID } from 'node:crypto';
import { technicalAccounts } from '../../src/domain/roles.js';
import { EngineClient } from '../../src/engine/client.js';
import { deployUnit, readUnits } from '../../src/engine/deployment.js';
import type { EngineConnection } from './engine.js';
import { ProcessRun, typed, type Values } from './process-run.js';

/**
 * Runs our diagrams on a real engine with everything around them played by the test: people, workers and messages. All
 * calls are made in the name of the server's account, so this shows what diagrams do, not what people may do.
 */
export class ProcessKit {
  readonly runs: ProcessRun[] = [];
  /** Versions that were deployed, by process key. */
  readonly versions = new Map<string, number>();
  private readonly engine: EngineClient;

  constructor(connection: EngineConnection) {
    this.engine = new EngineClient(connection.engineUrl, connection.door);
  }

  /** Deploys the diagrams of a folder, each with its forms. */
  async deploy(folder: string): Promise<void> {
    for (const unit of await readUnits(folder)) {
      const { processKey, version } = await deployUnit(this.engine, technicalAccounts.server, unit);
      this.versions.set(processKey, version);
    }
  }

  /** Starts a process as Tasklist does: with a submitted start form. */
  async submitStart(processKey: string, values: Values = {}): Promise<ProcessRun> {
    const businessKey = randomUUID();
    const path = `/process-definition/key/${processKey}/submit-form`;
    const instance = await this.post<Started>(path, { businessKey, variables: typed(values) });
    return this.begun(businessKey, instance);
  }

  /** Starts a process by message, as the outbox of engine commands does. */
  async sendStart(messageName: string, values: Values): Promise<ProcessRun> {
    const businessKey = randomUUID();
    const body = { messageName, businessKey, processVariables: typed(values), resultEnabled: true };
    const [{ processInstance }] = await this.post<[{ processInstance: Started }]>('/message', body);
    return this.begun(businessKey, processInstance);
  }

  async close(): Promise<void> {
    await this.engine.close();
  }

  private begun(businessKey: string, { id }: Started): ProcessRun {
    const run = new ProcessRun(this.engine, businessKey, id);
    this.runs.push(run);
    return run;
  }

  private post<T>(path: string, body: object): Promise<T> {
    return this.engine.call<T>({ user: technicalAccounts.server, method: 'POST', path, body });
  }
}

interface Started {
  readonly id: string;
}
