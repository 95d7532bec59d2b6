import type { Knex } from '../../src/kernel/db/database.js';
import { approvalTasks, type topics } from '../../src/process/contract/index.js';
import { decidedBy, recordDecision } from '../../src/requests/index.js';
import type { DecisionSources } from '../../src/requests/decided-by.js';
import { businessError, done, type Handler } from '../runtime/index.js';

/** Records a decision with its proof from the engine's history, never from a variable: see `decidedBy`. */
export function recordDecisionHandler(db: Knex, sources: DecisionSources): Handler<(typeof topics)['record-decision']> {
  return async ({ variables: { requestId, approvalTask }, processInstanceId, processDefinitionId }) => {
    const decided = await decidedBy(
      sources,
      { processInstanceId, processDefinitionId },
      approvalTasks(approvalTask ?? ''),
    );
    if (decided.cause === null) return businessError('decision-refused', decided.refusal);
    const toRecord = { requestId, processInstanceId, ...decided };
    return done({ outcome: await db.transaction((trx) => recordDecision(trx, toRecord)) });
  };
}
