import { cardIdsIn } from '../batch-checks.js';
import type { Ticks } from '../batch-choosing.js';

/** What was ticked on a page, and what was on it without being ticked. */
export function ticksOf(form: FormData): Ticks {
  const chosen = cardIdsIn(form.getAll('chosen'));
  return { chosen, left: cardIdsIn(form.getAll('shown')).filter((id) => !chosen.includes(id)) };
}
