import { ProductError } from '../../src/kernel/errors.js';
import { toProductError } from '../../src/web/problem.js';
import { setRetryAfter } from '../../src/web/retry-after.js';

const coded = (code: string) => Object.assign(new Error('what the database says'), { code });

test.each([
  ['shut down by an administrator', coded('57P01')],
  ['crashed', coded('57P02')],
  ['starting up', coded('57P03')],
  ['out of connections', coded('53300')],
  ['out of memory', coded('53200')],
  ['out of disk', coded('53100')],
  ['a broken connection', coded('08006')],
  ['nobody listens', coded('ECONNREFUSED')],
  ['a reset', coded('ECONNRESET')],
  ['every address refused', Object.assign(new Error(''), { errors: [coded('ECONNREFUSED')] })],
  ['a connection that ended', new Error('Connection terminated unexpectedly')],
  ['a client that broke', new Error('Client has encountered a connection error and is not queryable')],
  ['a client that was closed', new Error('Client was closed and is not queryable')],
  ['no connection in time', new Error('timeout exceeded when trying to connect')],
])('a database that is away (%s) is 503 with a time to try again', (_what, raw) => {
  const error = toProductError(raw);
  expect([error.code, error.status]).toEqual(['database-unavailable', 503]);
  const headers: Record<string, string> = {};
  setRetryAfter({ set: (name: string, value: string) => (headers[name] = value) } as never, error);
  expect(headers).toEqual({ 'Retry-After': '5' });
});

test('what is our own fault says no time', () => {
  expect(toProductError(coded('23505')).status).toBe(500);
  const headers: Record<string, string> = {};
  setRetryAfter({ set: (name: string) => (headers[name] = '') } as never, new ProductError('not-found', 'No.'));
  expect(headers).toEqual({});
});
