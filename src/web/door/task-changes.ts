import { ProductError } from '../../kernel/errors.js';
import type { SignedInUser } from '../signed-in-user.js';

/**
 * The body of a claim: a task can be claimed for oneself only.
 * @throws ProductError `forbidden`
 */
export function onlyOwnName(user: SignedInUser, body: unknown): { userId: string } {
  const named = memberOf(body, 'userId');
  if (named !== user.id) throw new ProductError('forbidden', 'A task can be claimed for yourself only.');
  return { userId: user.id };
}

/** What Tasklist sends back of a task whenever one of these is changed, and what the engine would overwrite. */
const fixed = [
  'name',
  'description',
  'assignee',
  'owner',
  'priority',
  'due',
  'delegationState',
  'parentTaskId',
  'caseInstanceId',
  'tenantId',
] as const;

/**
 * The body of a task change in which only the follow-up date differs from the task as it is.
 * @param task the task as the engine shows it to the person
 * @throws ProductError `forbidden` when anything else differs
 */
export function onlyFollowUp(task: object, body: unknown): Record<string, unknown> {
  for (const name of fixed) {
    const wanted = memberOf(body, name);
    if (wanted !== undefined && wanted !== memberOf(task, name)) {
      throw new ProductError('forbidden', `Only the follow-up date of a task can be changed, not its ${name}.`);
    }
  }
  const kept = Object.fromEntries(fixed.map((name) => [name, memberOf(task, name) ?? null]));
  return { ...kept, followUp: memberOf(body, 'followUp') ?? null };
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
