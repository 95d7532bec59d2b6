import { decisions, type Decision } from '../domain/decisions.js';
import { ProductError } from '../kernel/errors.js';
import type { CompletionProof, SharedDecision } from './request-decision.js';

/** A completion with the run of its task, by which the rest of it is found in the engine's history. */
export interface RecordedCompletion extends CompletionProof {
  readonly activityInstanceId: string;
}

/** Who completed a task, by the engine's own operation log; the newest first. */
export interface Completions {
  completionsOf(processInstanceId: string, taskDefinitionKey: string): Promise<RecordedCompletion[]>;
}

/** What the engine's own history says beyond who completed a task. */
export interface Entries {
  /** The texts of the form that a task was completed by, by field. */
  textsEntered(completion: RecordedCompletion): Promise<ReadonlyMap<string, string>>;
  /** A `Json` text that it was completed with; null without one. */
  jsonEntered(completion: RecordedCompletion, name: string): Promise<string | null>;
  /** When a token last passed one of these events. */
  lastPassed(processInstanceId: string, activityIds: ReadonlySet<string>): Promise<Date | null>;
}

/** Where it is read who, or what, decided. */
export interface DecisionSources {
  readonly history: Completions & Entries;
  /** The events of a definition by which a time limit ends an approval. */
  readonly timeLimitsOf: (definitionId: string) => Promise<ReadonlySet<string>>;
  /** Whether a person is now one of those who may approve. */
  readonly mayApprove: (account: string) => Promise<boolean>;
}

/** A decision of people, as their forms said it. */
export interface DecidedByPeople {
  readonly cause: 'approver';
  readonly decision: Decision;
  readonly reason: string | null;
  readonly proof: RecordedCompletion;
  readonly seenContent: string | null;
  /** Set where several tasks make the decision together. */
  readonly shared?: SharedDecision;
}

/** Nobody's decision, with the sentence that says why. */
interface Undecided {
  readonly cause: null;
  readonly refusal: string;
}

/** The time limit decided: its event ended the approval, regardless of what people had done before. */
interface DecidedByTime {
  readonly cause: 'time-limit';
}

/**
 * Who or what decided, by the engine's history alone: the variables of the process can be written by mappings and by other activities.
 * The latest counts, be it the event of a time limit or the completion of a task. An approval takes one in every task named; a rejection
 * is that of one person.
 * @param tasks ids of the user tasks that decide, in the order in which people come to them; none where only the time limit can
 * @throws ProductError `invalid-request` where no task is named and no time limit was reached
 */
export async function decidedBy(
  { history, timeLimitsOf, mayApprove }: DecisionSources,
  {
    processInstanceId,
    processDefinitionId,
  }: { readonly processInstanceId: string; readonly processDefinitionId: string },
  tasks: readonly string[],
): Promise<DecidedByPeople | DecidedByTime | Undecided> {
  const [expired, ...completions] = await Promise.all([
    timeLimitsOf(processDefinitionId).then((events) => history.lastPassed(processInstanceId, events)),
    ...tasks.map((task) => latestOf(history, processInstanceId, task)),
  ]);
  const made = completions.filter((each) => each !== null).sort(byTime);
  const last = made.at(-1);
  if (expired !== null && (last === undefined || expired > last.completedAt)) return { cause: 'time-limit' };
  if (tasks.length === 0) {
    throw new ProductError(
      'invalid-request',
      'No time limit has ended this approval, and approvalTask names no user task. Correct the diagram.',
    );
  }
  if (last === undefined) return undecided('The engine knows of nobody who decided. Decide again.');
  const { decision } = last;
  if (decision === null) return undecided('The form said neither approve nor reject. Decide again.');
  if (decision === 'approve' && (made.length < tasks.length || made.some((each) => each.decision !== 'approve')))
    return undecided('Not everybody who has to approve has approved. Decide again.');
  const counting = decision === 'approve' ? made : [last];
  for (const { user } of counting) {
    if (!(await mayApprove(user))) return undecided(`${user} is not one of those who may approve. Decide again.`);
  }
  const shared = { task: last.task, earlier: counting.slice(0, -1) };
  return {
    cause: 'approver',
    decision,
    reason: last.reason,
    proof: last,
    seenContent: last.seenContent,
    ...(tasks.length > 1 && { shared }),
  };
}

function undecided(refusal: string): Undecided {
  return { cause: null, refusal };
}

function byTime(one: CompletionProof, other: CompletionProof): number {
  return one.completedAt.getTime() - other.completedAt.getTime();
}

async function latestOf(history: Completions & Entries, processInstanceId: string, task: string) {
  const [completion] = await history.completionsOf(processInstanceId, task);
  if (completion === undefined) return null;
  const entered = await history.textsEntered(completion);
  const decision = entered.get('decision');
  return {
    ...completion,
    task,
    decision: decisions.find((each) => each === decision) ?? null,
    reason: entered.get('reason') ?? null,
    seenContent: entered.get('seenContent') ?? null,
  };
}
