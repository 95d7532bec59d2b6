import type { Finding } from '../process/model-checks/rule.js';
import { differences } from '../process/reading/compare-readings.js';
import type { Reading } from '../process/reading/reading.js';
import type { EngineClient } from './client.js';
import { readingPath, type ReadingAnswer } from './diagram-reading.js';

/**
 * What a deployment of the engine holds beside, or instead of, what was judged.
 * @param judged what the rules read, by process key
 * @throws ProductError `engine-unavailable`
 */
export async function findSurplus(
  engine: EngineClient,
  user: string,
  deploymentId: string,
  judged: ReadonlyMap<string, readonly Reading[]>,
): Promise<Finding[]> {
  const query = { deploymentId };
  const [processes, decisions] = await Promise.all([
    engine.call<{ id: string; key: string }[]>({ user, path: '/process-definition', query }),
    engine.call<{ key: string }[]>({ user, path: '/decision-definition', query }),
  ]);
  const missing = [...judged.keys()].filter((key) => !processes.some((process) => process.key === key));
  const findings = await Promise.all(
    processes.map(async ({ id, key }) => {
      const reading = judged.get(key);
      if (reading === undefined) return [surplus(key, 'The process engine deployed a process that was not judged.')];
      return differences(reading, await readDeployed(engine, user, id));
    }),
  );
  return [
    ...findings.flat(),
    ...missing.map((key) => surplus(key, 'The process engine did not deploy this process.')),
    ...decisions.map(({ key }) => surplus(key, 'The process engine deployed a decision that was not judged.')),
  ];
}

/**
 * What the engine runs of a deployed definition.
 * @throws EngineError 404 for an unknown one
 */
export async function readDeployed(
  engine: EngineClient,
  user: string,
  definitionId: string,
): Promise<readonly Reading[]> {
  const path = `${readingPath}/${encodeURIComponent(definitionId)}`;
  return (await engine.call<ReadingAnswer>({ user, path })).processes;
}

/** Removes a deployment together with the instances that were started in it. */
export async function takeBack(engine: EngineClient, user: string, deploymentId: string): Promise<void> {
  const path = `/deployment/${encodeURIComponent(deploymentId)}`;
  await engine.call({
    user,
    method: 'DELETE',
    path,
    query: { cascade: true, skipCustomListeners: true, skipIoMappings: true },
  });
}

function surplus(element: string, message: string): Finding {
  return { rule: 'one-reading', element, message };
}
