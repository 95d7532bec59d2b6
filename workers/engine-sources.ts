import type { EngineClient } from '../src/engine/client.js';
import { DeployedDiagrams } from '../src/engine/diagrams.js';
import { EngineHistory } from '../src/engine/history.js';
import { groupsOf } from '../src/engine/identity.js';
import type { HandlerDependencies } from './registry.js';

/** What handlers ask the engine: who did what, by which diagram, and in which groups they are. */
export function engineSources(
  engine: EngineClient,
  user: string,
): Pick<HandlerDependencies, 'history' | 'timeLimitsOf' | 'groupsOf'> {
  const diagrams = new DeployedDiagrams(engine, user);
  return {
    history: new EngineHistory(engine, user),
    timeLimitsOf: async (definitionId) => (await diagrams.get(definitionId)).timeLimits,
    groupsOf: (account) => groupsOf(engine, user, account),
  };
}
