import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { cookiesOf, WEBAPP_COOKIES } from '../sign-in/cookies.js';

const [SESSION_COOKIE] = WEBAPP_COOKIES;

/**
 * The cookies of the web applications that may be sent on. Their session cookie carries a tag made with the token of
 * the sign-in it was given out in; with another sign-in it does not fit, and the web applications begin a new session.
 * @returns a `Cookie` header, or null when nothing is left
 */
export function forwardedCookies(request: IncomingMessage, token: string): string | null {
  const kept = cookiesOf(request).flatMap(([name, value]) => {
    if (!(WEBAPP_COOKIES as readonly string[]).includes(name)) return [];
    const own = name === SESSION_COOKIE ? untag(value, token) : value;
    return own === null ? [] : [`${name}=${own}`];
  });
  return kept.length === 0 ? null : kept.join('; ');
}

/**
 * The cookies that the web applications set, as the browser gets them.
 * @param secure true when people reach the server by https; the engine host does not know
 */
export function returnedCookies(headers: readonly string[], token: string, secure: boolean): string[] {
  return headers.flatMap((header) => {
    const [, name = '', value = '', attributes = ''] = /^([^=;]+)=([^;]*)(.*)$/.exec(header) ?? [];
    if (!(WEBAPP_COOKIES as readonly string[]).includes(name)) return [];
    const tagged = name === SESSION_COOKIE && value !== '' ? `${value}~${tagOf(value, token)}` : value;
    const guard = secure && !/;\s*secure\s*(;|$)/i.test(attributes) ? '; Secure' : '';
    return [`${name}=${tagged}${attributes}${guard}`];
  });
}

function untag(value: string, token: string): string | null {
  const at = value.lastIndexOf('~');
  const own = value.slice(0, Math.max(at, 0));
  const sent = Buffer.from(value.slice(at + 1));
  const expected = Buffer.from(tagOf(own, token));
  return sent.length === expected.length && timingSafeEqual(sent, expected) ? own : null;
}

function tagOf(value: string, token: string): string {
  return createHmac('sha256', token).update(`webapp-session\n${value}`).digest('base64url');
}
