import type { IncomingMessage } from 'node:http';
import { forwardedCookies, returnedCookies } from '../../../src/web/door/webapp-cookies.js';

const requestWith = (cookie: string) => ({ headers: { cookie } }) as IncomingMessage;

test('a session of the web applications serves only the sign-in that it was given out in', () => {
  const [cookie = ''] = returnedCookies(['JSESSIONID=ABC.node1; Path=/; HttpOnly'], 'token-1', false);
  const [pair = ''] = cookie.split(';');
  expect(cookie).toMatch(/^JSESSIONID=ABC\.node1~[\w-]{43}; Path=\/; HttpOnly$/);
  expect(forwardedCookies(requestWith(pair), 'token-1')).toBe('JSESSIONID=ABC.node1');
  expect(forwardedCookies(requestWith(pair), 'token-2')).toBeNull();
  expect(forwardedCookies(requestWith('JSESSIONID=ABC.node1'), 'token-1')).toBeNull();
  expect(forwardedCookies(requestWith(pair.replace('ABC', 'ABD')), 'token-1')).toBeNull();
});

test('no other cookie goes through, in either direction', () => {
  expect(forwardedCookies(requestWith('card-session=secret; XSRF-TOKEN=x; theirs=1'), 't')).toBe('XSRF-TOKEN=x');
  expect(returnedCookies(['theirs=1; Path=/', 'XSRF-TOKEN=x; Path=/camunda;SameSite=Lax'], 't', false)).toEqual([
    'XSRF-TOKEN=x; Path=/camunda;SameSite=Lax',
  ]);
});

test('behind https cookies are sent by https only', () => {
  expect(returnedCookies(['XSRF-TOKEN=x; Path=/', 'XSRF-TOKEN=x; Secure; Path=/'], 't', true)).toEqual([
    'XSRF-TOKEN=x; Path=/; Secure',
    'XSRF-TOKEN=x; Secure; Path=/',
  ]);
});
