import type { Decision } from '../../src/domain/decisions.js';
import type { CompletionProof, SharedDecision } from '../../src/requests/request-decision.js';
import type { Completions } from './actor.js';

/** What a person entered by one operation, by the engine's own history. */
export interface Entries {
  textsOf(operationId: string): Promise<ReadonlyMap<string, string>>;
}

/** Why several people have not decided. */
export const refusalOfShared = {
  missing: 'Not everybody who has to approve has approved. Decide again.',
  nobody: 'The engine knows of nobody who rejected. Decide again.',
} as const;

interface Together {
  readonly proof: CompletionProof;
  readonly seenContent: string | null;
  readonly shared: SharedDecision;
}

/**
 * A decision that several tasks make together: an approval when everybody approved, a rejection by whoever rejected last.
 * The variables hold only what the last person entered, so what each of them decided and saw is read from history.
 * @param tasks ids of the user tasks in the diagram
 */
export async function sharedDecision(
  history: Completions & Entries,
  processInstanceId: string,
  tasks: readonly string[],
  decision: Decision,
): Promise<Together | keyof typeof refusalOfShared> {
  const latest = await Promise.all(tasks.map((task) => latestOf(history, processInstanceId, task)));
  const agreeing = latest
    .filter((each) => each !== null)
    .filter((each) => each.decision === decision)
    .sort((one, other) => one.completedAt.getTime() - other.completedAt.getTime());
  const deciding = agreeing.at(-1);
  if (decision === 'approve' && agreeing.length < tasks.length) return 'missing';
  if (deciding === undefined) return 'nobody';
  return {
    proof: deciding,
    seenContent: deciding.seenContent,
    shared: { task: deciding.task, earlier: decision === 'approve' ? agreeing.slice(0, -1) : [] },
  };
}

async function latestOf(history: Completions & Entries, processInstanceId: string, task: string) {
  const [completion] = await history.completionsOf(processInstanceId, task);
  if (completion === undefined) return null;
  const entered = await history.textsOf(completion.operationId);
  return {
    ...completion,
    task,
    decision: entered.get('decision') ?? null,
    seenContent: entered.get('seenContent') ?? null,
  };
}
