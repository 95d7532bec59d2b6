import { z } from 'zod';
import { batchView } from '../../src/batch-rows/index.js';
import { recordDecisions } from '../../src/batches/index.js';
import type { BatchDecisionToRecord } from '../../src/batches/requesting/deciding.js';
import type { Knex } from '../../src/kernel/db/database.js';
import { approvalTasks, type topics } from '../../src/process/contract/index.js';
import { decidedBy } from '../../src/requests/index.js';
import type { DecisionSources, Entries, RecordedCompletion } from '../../src/requests/decided-by.js';
import { businessError, done, PermanentError, type Handler } from '../runtime/index.js';

const exceptionList = z.array(z.object({ row: z.int(), reason: z.string() }));

/** Records decisions with their proof from the engine's history, never from a variable; see `decidedBy` and `recordDecisions`. */
export function recordDecisionsHandler(
  db: Knex,
  sources: DecisionSources,
): Handler<(typeof topics)['record-decisions']> {
  return async ({ variables: { batchId, approvalTask }, processInstanceId, processDefinitionId }) => {
    const tasks = approvalTasks(approvalTask ?? '');
    if (tasks.length > 1)
      throw new PermanentError(
        'approvalTask names several user tasks, but a batch is decided by one. Correct the diagram.',
      );
    const decided = await decidedBy(sources, { processInstanceId, processDefinitionId }, tasks);
    if (decided.cause === null) return businessError('decision-refused', decided.refusal);
    const base = { batchId, processInstanceId };
    let toRecord: BatchDecisionToRecord;
    if (decided.cause === 'time-limit') {
      toRecord = { ...base, ...decided };
    } else {
      const { cause, decision, reason, proof } = decided;
      const exceptions = await exceptionsEntered(sources.history, proof);
      if (exceptions === null)
        return businessError('decision-refused', 'The exceptions are no list of rows with reasons. Decide again.');
      toRecord = { ...base, cause, decision, reason, exceptions, proof };
    }
    const { state, refusal } = await recordDecisions(db, toRecord);
    return done({ batchState: state, batch: await batchView(db, batchId, 'ordered'), refusal });
  };
}

/** The exceptions as the check of the form has put them on record; null where they are none. */
async function exceptionsEntered(
  history: Entries,
  proof: RecordedCompletion,
): Promise<z.infer<typeof exceptionList> | null> {
  const entered = await history.jsonEntered(proof, 'exceptions');
  if (entered === null) return null;
  return exceptionList.safeParse(JSON.parse(entered)).data ?? null;
}
