import type { EngineClient } from './client.js';

/** How many instances of a definition are at one of its activities. */
export interface RunningStep {
  readonly activityId: string;
  readonly instances: number;
}

/** How many instances of each definition run; definitions without any are not in it. */
export async function runningInstances(engine: EngineClient, user: string): Promise<ReadonlyMap<string, number>> {
  const rows = await engine.call<{ id: string; instances: number }[]>({ user, path: '/process-definition/statistics' });
  return new Map(rows.map(({ id, instances }) => [id, instances]));
}

/** How many instances of one definition run. */
export async function countInstances(engine: EngineClient, user: string, definitionId: string): Promise<number> {
  const path = '/process-instance/count';
  const { count } = await engine.call<{ count: number }>({ user, path, query: { processDefinitionId: definitionId } });
  return count;
}

/** Where the instances of a definition are, by activity. */
export async function runningSteps(engine: EngineClient, user: string, definitionId: string): Promise<RunningStep[]> {
  const path = `/process-definition/${encodeURIComponent(definitionId)}/statistics`;
  const rows = await engine.call<{ id: string; instances: number }[]>({ user, path });
  return rows.map(({ id, instances }) => ({ activityId: id, instances }));
}
