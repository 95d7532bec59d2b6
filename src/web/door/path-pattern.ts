/**
 * Matches decoded path segments against a pattern: `:name` stands for one segment, `**` at the end for
 * any rest, and everything else for itself. A slash at the end makes no difference, nor does it to the engine.
 * @returns the values of the named segments, or null when the path does not match
 */
export function matchPath(pattern: string, segments: readonly string[]): Readonly<Record<string, string>> | null {
  const parts = pattern.split('/').slice(1);
  const path = segments.at(-1) === '' ? segments.slice(0, -1) : segments;
  const open = parts.at(-1) === '**';
  const fixed = open ? parts.slice(0, -1) : parts;
  if (open ? path.length < fixed.length : path.length !== fixed.length) return null;
  const params: Record<string, string> = {};
  for (const [at, part] of fixed.entries()) {
    const segment = path[at] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = segment;
    else if (part !== segment) return null;
  }
  return params;
}
