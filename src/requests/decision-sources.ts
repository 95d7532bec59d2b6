import { mayApprove } from '../directory/index.js';
import type { EngineClient } from '../engine/client.js';
import { DeployedDiagrams } from '../engine/diagrams.js';
import { EngineHistory } from '../engine/history.js';
import { groupsOf } from '../engine/identity.js';
import type { Knex } from '../kernel/db/database.js';
import type { DecisionSources } from './decided-by.js';

/** What is asked of the engine about a decision: who did what, by which diagram, and whether they may approve. */
export function engineSources(
  db: Knex,
  engine: EngineClient,
  user: string,
  diagrams = new DeployedDiagrams(engine, user),
): DecisionSources & { readonly history: EngineHistory } {
  return {
    history: new EngineHistory(engine, user),
    timeLimitsOf: async (definitionId) => (await diagrams.get(definitionId)).timeLimits,
    mayApprove: async (account) => mayApprove(db, await groupsOf(engine, user, account)),
  };
}
