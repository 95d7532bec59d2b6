import { ProductError } from '../../kernel/errors.js';
import { calls, type Call } from './calls.js';
import { explanations } from './explanations.js';
import { matchPath } from './path-pattern.js';

/** The entry of the allow-list for a call with its path's parameters, or null. HEAD counts as GET. */
export function findCall(
  method: string,
  segments: readonly string[],
): { readonly call: Call; readonly params: Readonly<Record<string, string>> } | null {
  const wanted = method === 'HEAD' ? 'GET' : method;
  for (const call of calls) {
    const params = call.method === wanted ? matchPath(call.path, segments) : null;
    if (params !== null) return { call, params };
  }
  return null;
}

/** The refusal of a call that the allow-list does not have, in words that fit it. */
export function unknownCall(method: string, segments: readonly string[]): ProductError {
  const path = `/${segments.join('/')}`;
  const known = explanations.find((each) => each.path.test(path));
  return new ProductError('forbidden', known?.sentence ?? `This cannot be done here (${method} is not let through).`);
}
