import { z } from 'zod';
import { batchView } from '../../src/batch-rows/index.js';
import { recordDecisions } from '../../src/batches/index.js';
import type { BatchDecisionToRecord } from '../../src/batches/requesting/deciding.js';
import type { Knex } from '../../src/kernel/db/database.js';
import type { topics } from '../../src/process/contract/index.js';
import { businessError, done, PermanentError, type Handler } from '../runtime/index.js';
import type { Completions } from './actor.js';
import { isDecision } from './record-decision.js';

const exceptionList = z.array(z.object({ row: z.int(), reason: z.string() }));

/** Records decisions with their proof from the engine's history, never from a form variable; see `recordDecisions`. */
export function recordDecisionsHandler(db: Knex, history: Completions): Handler<(typeof topics)['record-decisions']> {
  return async ({ variables: { batchId, decision, reason, exceptions, approvalTask, cause }, processInstanceId }) => {
    if (!isDecision(decision))
      throw new PermanentError(`decision is "${decision}"; it must be "approve" or "reject". Correct the diagram.`);
    const base = { batchId, processInstanceId };
    let toRecord: BatchDecisionToRecord;
    if (cause === 'time-limit') {
      toRecord = { ...base, cause };
    } else {
      if (approvalTask === null)
        throw new PermanentError('approvalTask is missing: name the user task that decides. Correct the diagram.');
      const [proof] = await history.completionsOf(processInstanceId, approvalTask);
      if (proof === undefined)
        return businessError('decision-refused', 'The engine knows of nobody who decided. Decide again.');
      const listed = exceptionList.safeParse(exceptions ?? []);
      if (!listed.success) throw new PermanentError('exceptions is no list of rows with reasons. Correct the diagram.');
      toRecord = { ...base, cause: 'approver', decision, reason, exceptions: listed.data, proof };
    }
    const { state, refusal } = await recordDecisions(db, toRecord);
    return done({ batchState: state, batch: await batchView(db, batchId, 'ordered'), refusal });
  };
}
