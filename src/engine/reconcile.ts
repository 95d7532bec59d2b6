import { replaceGrants, resources } from './authorizations.js';
import { entryGrants } from './bootstrap.js';
import type { EngineClient } from './client.js';

/**
 * Brings the engine's grants on entry processes to the desired state: people who may start a process see it in Tasklist,
 * nobody else. Safe to repeat; called after each change, at start and from time to time.
 * @param enabled ids of the enabled use cases
 * @returns the process keys whose grants had to be changed
 */
export async function reconcileUseCases(
  engine: EngineClient,
  user: string,
  enabled: ReadonlySet<string>,
): Promise<string[]> {
  const changed: string[] = [];
  for (const { useCase, processKey, groups } of entryGrants()) {
    const grants = enabled.has(useCase)
      ? groups.map((groupId) => ({ groupId, permissions: ['READ', 'CREATE_INSTANCE'] }))
      : [];
    const resource = { resourceType: resources.processDefinition, resourceId: processKey };
    if (await replaceGrants(engine, user, resource, grants)) changed.push(processKey);
  }
  return changed;
}
