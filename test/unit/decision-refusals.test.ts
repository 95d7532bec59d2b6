import { notAbortable } from '../../src/requests/request-abort.js';
import { refusalByState } from '../../src/requests/decision-refusals.js';
import type { RequestDetails } from '../../src/requests/request-types.js';

type Decision = NonNullable<RequestDetails['decision']>;
const decision = { decision: 'reject', reason: 'r', decidedAt: '2026-01-01T00:00:00Z' } as const;
const byPerson: Decision = { ...decision, approvals: [], cause: 'approver', approver: 'ann' };
const byTime: Decision = { ...decision, approvals: [], cause: 'time-limit', approver: null };
const request = (state: RequestDetails['state'], more: Partial<RequestDetails> = {}) =>
  ({ state, decision: null, reason: null, ...more }) as RequestDetails;

test('a request that waits takes a decision', () => expect(refusalByState(request('requested'))).toBeNull());

test.each([
  [request('approved', { decision: byPerson }), 'already-decided', 'This request was approved by ann already.'],
  [request('rejected', { decision: byPerson }), 'already-decided', 'This request was rejected by ann already.'],
  [
    request('rejected', { decision: byTime }),
    'already-decided',
    'This request was rejected since nobody decided in time.',
  ],
  [request('approved'), 'already-decided', 'This request was approved without a decision, as its variant says.'],
  [request('aborted'), 'not-requested', 'This request was aborted, so there is nothing to decide.'],
  [request('registered'), 'not-requested', 'is being registered and does not wait for a decision yet'],
  [
    request('refused', { reason: 'Sample is inactive.' }),
    'not-requested',
    'was not registered, so there is nothing to decide: Sample',
  ],
])('%j is refused as %s: %s', (found, code, sentence) => {
  expect(refusalByState(found)).toMatchObject({ code, message: expect.stringContaining(sentence) });
});

test('what is being registered is not called registered already', () => {
  expect(notAbortable('registered').message).toBe('The request is just being registered. Try again in a moment.');
  expect(notAbortable('approved').message).toBe('The request is approved already, so it cannot be aborted.');
});
