import { ProductError } from '../../kernel/errors.js';

/** Where a request goes, decoded once; what is checked here is what is sent on. */
export interface Target {
  /** Decoded parts of the path; a path that ends in `/` has an empty last one. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  /** Path and query, written anew from the above. */
  readonly href: string;
}

/**
 * Reads a request target strictly: the engine host has decoding rules of its own (`;` parameters, `%2f`, `..`), so
 * anything that two readers could read differently is refused, and the target is written anew from what was read.
 * @throws ProductError `invalid-request`
 */
export function parseTarget(url: string): Target {
  const [path = '', ...rest] = url.split('?');
  if (rest.length > 1 || url.includes('#')) throw unclear();
  const segments = path.split('/').slice(1).map(decodeSegment);
  const isUnclear = segments.some((segment, at) => segment === '' && at !== segments.length - 1);
  if (!path.startsWith('/') || isUnclear) throw unclear();
  const query = new URLSearchParams(rest[0] ?? '');
  const search = query.size === 0 ? '' : `?${query.toString()}`;
  return { segments, query, href: `/${segments.map(encodeURIComponent).join('/')}${search}` };
}

function decodeSegment(raw: string): string {
  if (!/^([A-Za-z0-9._~!$&'()*+,=:@-]|%[0-9A-Fa-f]{2})*$/.test(raw)) throw unclear();
  const segment = decode(raw);
  const dangerous = /[\u0000-\u001f\u007f/\\;%?#]/.test(segment);
  if (segment === '.' || segment === '..' || dangerous) throw unclear();
  return segment;
}

function decode(raw: string): string {
  try {
    return decodeURIComponent(raw);
  } catch (cause) {
    throw new ProductError('invalid-request', 'The address is not valid UTF-8.', {}, { cause });
  }
}

function unclear(): ProductError {
  return new ProductError('invalid-request', 'The address is not written in a way that can be passed on safely.');
}
