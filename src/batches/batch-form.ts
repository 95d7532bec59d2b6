import { ProductError } from '../kernel/errors.js';
import { moment } from '../web/moment.js';
import type { IssueFilter } from '../batch-rows/batch-types.js';

/** Longest name of a batch order (characters). */
export const longestLabel = 200;

/** What the forms of a batch order ask for; empty or missing where somebody left it open. */
export interface BatchForm {
  readonly label?: unknown;
  readonly cardType?: unknown;
  readonly department?: unknown;
  readonly approvedBefore?: unknown;
}

/**
 * What was entered, as the database is asked.
 * @throws ProductError `invalid-request` for a date that is none
 */
export function readBatchForm(form: BatchForm): { label: string; filter: IssueFilter } {
  const approvedBefore = entered(form.approvedBefore);
  if (approvedBefore !== undefined && !moment.safeParse(approvedBefore).success) {
    throw new ProductError('invalid-request', `"${approvedBefore}" is not a date. Write it as 2031-05-24.`);
  }
  const filter = { cardType: entered(form.cardType), department: entered(form.department), approvedBefore };
  return { label: (entered(form.label) ?? '').slice(0, longestLabel), filter };
}

function entered(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' ? undefined : text;
}
