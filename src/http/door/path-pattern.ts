/**
 * Matches decoded path segments against a pattern: `:name` stands for one segment that is not empty, `**` at the end for
 * any rest, and everything else for itself.
 * @returns the values of the named segments, or null when the path does not match
 */
export function matchPath(pattern: string, segments: readonly string[]): Readonly<Record<string, string>> | null {
  const parts = pattern.split('/').slice(1);
  const open = parts.at(-1) === '**';
  const fixed = open ? parts.slice(0, -1) : parts;
  if (open ? segments.length < fixed.length : segments.length !== fixed.length) return null;
  const params: Record<string, string> = {};
  for (const [at, part] of fixed.entries()) {
    const segment = segments[at] ?? '';
    if (part.startsWith(':') && segment !== '') params[part.slice(1)] = segment;
    else if (part !== segment) return null;
  }
  return params;
}
