import type { Diagram } from '../process/diagram.js';
import { decidedBy, type DecisionSources } from './decided-by.js';
import type { DecisionToRecord } from './request-decision.js';

/**
 * The decision about a request that the engine's history holds, with its proof, as the worker would have recorded it: the cards
 * database may have been restored from a moment before it. Null where nobody decided, or not everybody who has to.
 */
export async function decisionOnRecord(
  sources: DecisionSources,
  { approvals }: Pick<Diagram, 'approvals'>,
  {
    requestId,
    ...place
  }: { readonly requestId: string; readonly processInstanceId: string; readonly processDefinitionId: string },
): Promise<DecisionToRecord | null> {
  for (const tasks of approvals) {
    const decided = await decidedBy(sources, place, tasks);
    if (decided.cause !== null) return { requestId, processInstanceId: place.processInstanceId, ...decided };
  }
  return null;
}
