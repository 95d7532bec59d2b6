import type { Knex } from '../../src/kernel/db/database.js';
import { decisions, type Decision } from '../../src/domain/decisions.js';
import { approvalTasks, type topics } from '../../src/process/contract/index.js';
import { recordDecision } from '../../src/requests/index.js';
import type { DecisionToRecord } from '../../src/requests/request-decision.js';
import { businessError, done, PermanentError, type Handler } from '../runtime/index.js';
import type { Completions } from './actor.js';
import { refusalOfShared, sharedDecision, type Entries } from './shared-decision.js';

/** Records a decision with its proof from the engine's history, never from a form variable. */
export function recordDecisionHandler(
  db: Knex,
  history: Completions & Entries,
): Handler<(typeof topics)['record-decision']> {
  return async ({
    variables: { requestId, decision, reason, approvalTask, cause, seenContent },
    processInstanceId,
  }) => {
    if (!isDecision(decision))
      throw new PermanentError(`decision is "${decision}"; it must be "approve" or "reject". Correct the diagram.`);
    const base = { requestId, processInstanceId };
    let toRecord: DecisionToRecord;
    if (cause === 'time-limit') {
      toRecord = { ...base, cause };
    } else {
      const [task, ...more] = approvalTasks(approvalTask ?? '');
      if (task === undefined)
        throw new PermanentError('approvalTask is missing: name the user task that decides. Correct the diagram.');
      if (more.length > 0) {
        const together = await sharedDecision(history, processInstanceId, [task, ...more], decision);
        if (typeof together === 'string') return businessError('decision-refused', refusalOfShared[together]);
        toRecord = { ...base, cause: 'approver', decision, reason, ...together };
      } else {
        const [proof] = await history.completionsOf(processInstanceId, task);
        if (proof === undefined)
          return businessError('decision-refused', 'The engine knows of nobody who decided. Decide again.');
        toRecord = { ...base, cause: 'approver', decision, reason, proof, seenContent };
      }
    }
    return done({ outcome: await db.transaction((trx) => recordDecision(trx, toRecord)) });
  };
}

/** Narrows what a diagram hands over. */
export function isDecision(text: string): text is Decision {
  return (decisions as readonly string[]).includes(text);
}
