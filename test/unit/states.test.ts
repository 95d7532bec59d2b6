import {
  cardMoves,
  cardStates,
  cardTransitionPairs,
  finalCardStates,
  isCardTransition,
} from '../../src/domain/card-states.js';
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

  it('are changed by one move for each step', () => {
    const steps = Object.values(cardMoves).flatMap(({ from, to }) => from.map((state) => `${state}>${to}`));
    expect(steps.filter((step, at) => steps.indexOf(step) !== at)).toEqual([]);
    expect(steps.filter((step) => !step.startsWith('null>')).sort()).toEqual(
      cardTransitionPairs()
        .map(([from, to]) => `${from}>${to}`)
        .sort(),
    );
  });

  it('end in aborted, rejected, cancelled, locked and expired', () => {
    expect([...finalCardStates].sort()).toEqual(['aborted', 'cancelled', 'expired', 'locked', 'rejected']);
  });
});

describe('separation of duties', () => {
  const parties = { requester: 'operator', holderAccounts: [null, 'holder', 'holder2'] };

  it.each([
    ['operator', 'requester'],
    ['Operator', 'requester'],
    ['holder', 'holder'],
    ['HOLDER', 'holder'],
    ['holder2', 'holder'],
    ['hol\u200bder', 'holder'],
    ['ｈｏｌｄｅｒ', 'holder'],
    ['approver', null],
  ] as const)('%s: %s', (approver, conflict) => {
    expect(selfApproval(approver, parties)).toBe(conflict);
  });

  it('takes a holder without an account for nobody', () => {
    expect(selfApproval('approver', { requester: 'operator', holderAccounts: [null] })).toBeNull();
  });
});
