import type { z } from 'zod';
import { fieldErrors, invalidRequest } from '../problem.js';

/** The parameters of a page's address. @throws ProductError `invalid-request` that names the wrong ones */
export function readPageQuery<S extends z.ZodType>(schema: S, query: URLSearchParams): z.output<S> {
  const parsed = schema.safeParse(Object.fromEntries(query));
  if (parsed.success) return parsed.data;
  throw invalidRequest(fieldErrors('query', parsed.error));
}
