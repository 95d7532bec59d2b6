import { cardTransitionPairs } from '../../../domain/card-states.js';
import type { CardStateOrNone, CardStep } from '../../contract/card-steps.js';

/** What is known of the card where one token is. */
export interface Situation {
  readonly cardState: CardStateOrNone;
  /** Variables whose texts follow from what has happened: see `CardStep.reports`. */
  readonly knownValues: ReadonlyMap<string, string>;
  /** How many parallel branches the token is in, in its process and in each subprocess around it, the innermost last. */
  readonly branchDepth: readonly number[];
}

/** Nothing has happened yet. */
export const beginning: Situation = { cardState: 'none', knownValues: new Map(), branchDepth: [0] };

/** Branches that never meet again, drawn in a circle, would be counted for ever. */
const deepestBranch = 9;

export function keyOf({ cardState, knownValues, branchDepth }: Situation): string {
  const texts = [...knownValues].map(([variable, text]) => `${variable}=${text}`).sort();
  return [cardState, branchDepth.join('.'), ...texts].join(' ');
}

/** Where a step leads from a situation; nowhere when it does not take up that state. */
export function afterStep({ moves, reports }: CardStep, situation: Situation): Situation[] {
  return (moves[situation.cardState] ?? []).map((cardState) => {
    const text = reports?.values[cardState];
    if (reports === undefined || text === undefined) return { ...situation, cardState };
    return { ...situation, cardState, knownValues: new Map([...situation.knownValues, [reports.variable, text]]) };
  });
}

/** The situation without the values of variables that have been set anew. */
export function forgetting(situation: Situation, variables: ReadonlySet<string>): Situation {
  const knownValues = new Map([...situation.knownValues].filter(([variable]) => !variables.has(variable)));
  return knownValues.size === situation.knownValues.size ? situation : { ...situation, knownValues };
}

/** With one parallel branch more, or less, around the token. */
export function withBranches(situation: Situation, change: 1 | -1): Situation {
  const innermost = (situation.branchDepth.at(-1) ?? 0) + change;
  return {
    ...situation,
    branchDepth: [...situation.branchDepth.slice(0, -1), Math.min(Math.max(innermost, 0), deepestBranch)],
  };
}

export function isAlone({ branchDepth }: Situation): boolean {
  return branchDepth.at(-1) === 0;
}

/** Inside a subprocess, where parallel branches count anew. */
export function entered(situation: Situation): Situation {
  return { ...situation, branchDepth: [...situation.branchDepth, 0] };
}

/** After a subprocess: what it counted is over. */
export function left(situation: Situation): Situation {
  return { ...situation, branchDepth: situation.branchDepth.slice(0, -1) };
}

/**
 * What is known where two branches meet. Both are about one card, so where it stands is what the one of them says that
 * comes later in a card's life; both are kept where the life of a card does not order them.
 */
export function merged(one: Situation, other: Situation): Situation[] {
  const oneIsLater = isLater(one.cardState, other.cardState);
  const otherIsLater = isLater(other.cardState, one.cardState);
  const withTold = (earlier: Situation, later: Situation) => {
    return { ...later, knownValues: new Map([...earlier.knownValues, ...later.knownValues]) };
  };
  if (one.cardState === other.cardState || (otherIsLater && !oneIsLater)) return [withTold(one, other)];
  return oneIsLater && !otherIsLater ? [withTold(other, one)] : [withTold(other, one), withTold(one, other)];
}

/** True when a card may come from the other state to this one, in any number of steps. */
export function isLater(cardState: CardStateOrNone, than: CardStateOrNone): boolean {
  return reachable.get(than)?.has(cardState) ?? false;
}

/** From each state, all that a card may still come to. A card that does not exist can become what a new one can. */
const reachable = new Map<CardStateOrNone, ReadonlySet<CardStateOrNone>>(
  (['none', ...cardTransitionPairs().map(([from]) => from)] as const).map((cardState) => [
    cardState,
    allAfter(cardState),
  ]),
);

function allAfter(cardState: CardStateOrNone): ReadonlySet<CardStateOrNone> {
  const found = new Set<CardStateOrNone>();
  const ahead: CardStateOrNone[] = [cardState === 'none' ? 'registered' : cardState];
  for (let from = ahead.pop(); from !== undefined; from = ahead.pop()) {
    for (const [, to] of cardTransitionPairs().filter(([before]) => before === from)) {
      if (!found.has(to)) ahead.push(to);
      found.add(to);
    }
  }
  return found;
}
