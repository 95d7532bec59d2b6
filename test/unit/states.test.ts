import { cardStates, cardTransitionPairs, cardTransitions, isCardTransition } from '../../src/domain/card-states.js';
import { selfApproval } from '../../src/domain/decisions.js';

describe('card states', () => {
  it('lead from registered to every other state', () => {
    const reached = new Set<string>(['registered']);
    for (const from of reached) for (const [a, b] of cardTransitionPairs()) if (a === from) reached.add(b);
    expect([...reached].sort()).toEqual([...cardStates].sort());
  });

  it('allow exactly the pairs of the table', () => {
    for (const from of cardStates) {
      for (const to of cardStates) {
        const listed = cardTransitionPairs().some(([a, b]) => a === from && b === to);
        expect(isCardTransition(from, to)).toBe(listed);
      }
    }
  });

  it('end in aborted, rejected, cancelled, locked and expired', () => {
    const final = cardStates.filter((state) => !(state in cardTransitions));
    expect(final.sort()).toEqual(['aborted', 'cancelled', 'expired', 'locked', 'rejected']);
  });
});

describe('separation of duties', () => {
  const parties = { requester: 'operator', holderAccount: 'holder' };

  it.each([
    ['operator', 'requester'],
    ['Operator', 'requester'],
    ['holder', 'holder'],
    ['HOLDER', 'holder'],
    ['approver', null],
  ] as const)('%s: %s', (approver, conflict) => {
    expect(selfApproval(approver, parties)).toBe(conflict);
  });

  it('takes a holder without an account for nobody', () => {
    expect(selfApproval('approver', { requester: 'operator', holderAccount: null })).toBeNull();
  });
});
