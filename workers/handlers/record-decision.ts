import type { Knex } from '../../src/db/database.js';
import { decisions, type Decision } from '../../src/domain/decisions.js';
import { isProductError } from '../../src/errors.js';
import type { topics } from '../../src/process/contract/index.js';
import { recordDecision, type CompletionProof, type DecisionToRecord } from '../../src/requests/request-decision.js';
import { businessError, done, PermanentError, type Handler } from '../runtime/index.js';

/** Who completed a task, by the engine's own operation log; the newest first. */
export interface Completions {
  completionsOf(processInstanceId: string, taskDefinitionKey: string): Promise<CompletionProof[]>;
}

/** Records a decision with its proof from the engine's history, never from a form variable. */
export function recordDecisionHandler(db: Knex, history: Completions): Handler<(typeof topics)['record-decision']> {
  return async ({ variables: { requestId, decision, reason, approvalTask, cause, seenContent }, processInstanceId }) => {
    if (!isDecision(decision)) throw new PermanentError(`decision is "${decision}"; it must be "approve" or "reject". Correct the diagram.`);
    const base = { requestId, processInstanceId };
    let toRecord: DecisionToRecord;
    if (cause === 'time-limit') {
      toRecord = { ...base, cause };
    } else {
      if (approvalTask === null) throw new PermanentError('approvalTask is missing: name the user task that decides. Correct the diagram.');
      const [proof] = await history.completionsOf(processInstanceId, approvalTask);
      if (proof === undefined) return businessError('decision-refused', 'The engine knows of nobody who decided. Decide again.');
      toRecord = { ...base, cause: 'approver', decision, reason, proof, seenContent };
    }
    try {
      return done({ outcome: await db.transaction((trx) => recordDecision(trx, toRecord)) });
    } catch (raw) {
      if (isProductError(raw) && raw.isBusiness) return businessError('decision-refused', raw.message);
      throw raw;
    }
  };
}

function isDecision(text: string): text is Decision {
  return (decisions as readonly string[]).includes(text);
}
