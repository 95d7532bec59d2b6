import { isProductError } from '../errors.js';
import type { CurrentStep, RequestTasks } from './request-tasks.js';
import type { RequestDetails } from './request-types.js';

/** Where a request waits, for a page that has more to show: without the engine it shows the rest. */
export async function stepOf(tasks: RequestTasks, request: RequestDetails): Promise<CurrentStep | null> {
  try {
    return await tasks.currentStep(request);
  } catch (raw) {
    if (isProductError(raw, 'engine-unavailable')) return null;
    throw raw;
  }
}
