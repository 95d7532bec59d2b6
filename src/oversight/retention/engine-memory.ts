import type { EngineClient } from '../../engine/client.js';

/** Members of a list of ids that the engine is asked about at once. */
const askedAtOnce = 500;
/** Rows of the engine's history that are read at once. */
const pageRows = 500;

/** An instance as the engine's history knows it. */
interface Instance {
  readonly id: string;
  readonly rootProcessInstanceId: string;
  readonly endTime: string | null;
}

/** Which instances are meant: by their own ids, or by their business keys. */
export interface InstanceNames {
  readonly ids: readonly string[];
  readonly businessKeys: readonly string[];
}

/** What the process engine remembers of instances, and how to make it forget. */
export class EngineMemory {
  constructor(
    private readonly engine: EngineClient,
    private readonly user: string,
  ) {}

  /** The outermost instances that these belong to, as far as the engine remembers them. */
  async rootsOf({ ids, businessKeys }: InstanceNames): Promise<Set<string>> {
    const roots = new Set<string>();
    const collect = async (name: string, values: readonly string[]) => {
      for (let at = 0; at < values.length; at += askedAtOnce) {
        for (const { rootProcessInstanceId } of await this.instances({ [name]: values.slice(at, at + askedAtOnce) }))
          roots.add(rootProcessInstanceId);
      }
    };
    await collect('processInstanceIds', ids);
    await collect('processInstanceBusinessKeyIn', businessKeys);
    return roots;
  }

  /** Instances whose variables hold one of these ids now or held it once: as their whole value, or within a list of a form. */
  async instancesThatShow(ids: ReadonlySet<string>): Promise<Set<string>> {
    const found = new Set<string>();
    for (let firstResult = 0; ; firstResult += pageRows) {
      const details = await this.engine.call<{ processInstanceId: string; value: unknown }[]>({
        user: this.user,
        method: 'POST',
        path: '/history/detail',
        query: { firstResult, maxResults: pageRows, deserializeValues: false },
        body: {
          variableUpdates: true,
          variableTypeIn: ['json', 'string'],
          sorting: [{ sortBy: 'time', sortOrder: 'asc' }],
        },
      });
      for (const { processInstanceId, value } of details) {
        if (typeof value === 'string' && [...value.matchAll(uuids)].some(([id]) => ids.has(id)))
          found.add(processInstanceId);
      }
      if (details.length < pageRows) return found;
    }
  }

  /**
   * Removes the history of an ended instance and of those that it called, outermost last: who comes back after a crash
   * still finds the rest.
   * @param root id of the outermost instance
   * @returns false while it runs
   */
  async forget(root: string): Promise<boolean> {
    const [instance] = await this.instances({ processInstanceIds: [root] });
    if (instance === undefined) return true;
    if (instance.endTime === null) return false;
    await this.forgetWithCalled(root);
    return true;
  }

  private async forgetWithCalled(id: string): Promise<void> {
    for (const called of await this.instances({ superProcessInstanceId: id })) await this.forgetWithCalled(called.id);
    const path = `/history/process-instance/${encodeURIComponent(id)}`;
    await this.engine.call({ user: this.user, method: 'DELETE', path, query: { failIfNotExists: false } });
  }

  private async instances(query: object): Promise<Instance[]> {
    return this.engine.call<Instance[]>({
      user: this.user,
      method: 'POST',
      path: '/history/process-instance',
      body: query,
    });
  }
}

const uuids = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/**
 * Sets for how long the engine remembers what has ended, where it is set otherwise. Its clean-up goes by the end of an
 * instance and what its definition says then, so this holds for everything that it remembers already.
 * @returns how many definitions were changed
 */
export async function keepHistoryFor(engine: EngineClient, user: string, days: number): Promise<number> {
  const definitions = await engine.call<{ id: string; historyTimeToLive: number | null }[]>({
    user,
    path: '/process-definition',
  });
  const others = definitions.filter(({ historyTimeToLive }) => historyTimeToLive !== days);
  for (const { id } of others) {
    const path = `/process-definition/${encodeURIComponent(id)}/history-time-to-live`;
    await engine.call({ user, method: 'PUT', path, body: { historyTimeToLive: days } });
  }
  return others.length;
}
