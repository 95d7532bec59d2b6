/**
 * The path to open after signing in, when it stays on this server; else the start page. Browsers read `\` as `/`
 * and skip control characters, so that more than `//` leads elsewhere: the same parser decides here.
 */
export function localPath(next: string | null): string {
  const base = 'http://local.invalid';
  if (next === null || !next.startsWith('/') || !URL.canParse(next, base)) return '/';
  const url = new URL(next, base);
  if (url.origin !== base || url.pathname.startsWith('//')) return '/';
  return url.pathname + url.search + url.hash;
}
