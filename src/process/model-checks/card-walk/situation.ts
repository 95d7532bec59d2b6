import { cardTransitionPairs } from '../../../domain/card-states.js';
import type { CardStep, Standing } from '../../contract/card-steps.js';

/** What is known of the card where one token is. */
export interface Situation {
  readonly standing: Standing;
  /** Variables whose texts follow from what has happened: see `CardStep.tells`. */
  readonly told: ReadonlyMap<string, string>;
  /** How many parallel branches the token is in, in its process and in each subprocess around it, the innermost last. */
  readonly company: readonly number[];
}

/** Nothing has happened yet. */
export const beginning: Situation = { standing: 'none', told: new Map(), company: [0] };

/** Branches that never meet again, drawn in a circle, would be counted for ever. */
const mostCompany = 9;

export function keyOf({ standing, told, company }: Situation): string {
  const texts = [...told].map(([variable, text]) => `${variable}=${text}`).sort();
  return [standing, company.join('.'), ...texts].join(' ');
}

/** Where a step leads from a situation; nowhere when it does not take up that state. */
export function afterStep({ moves, tells }: CardStep, situation: Situation): Situation[] {
  return (moves[situation.standing] ?? []).map((standing) => {
    const text = tells?.values[standing];
    if (tells === undefined || text === undefined) return { ...situation, standing };
    return { ...situation, standing, told: new Map([...situation.told, [tells.variable, text]]) };
  });
}

/** The situation without what was told in variables that have been set anew. */
export function forgetting(situation: Situation, variables: ReadonlySet<string>): Situation {
  const told = new Map([...situation.told].filter(([variable]) => !variables.has(variable)));
  return told.size === situation.told.size ? situation : { ...situation, told };
}

/** With one parallel branch more, or less, around the token. */
export function inCompany(situation: Situation, change: 1 | -1): Situation {
  const innermost = (situation.company.at(-1) ?? 0) + change;
  return { ...situation, company: [...situation.company.slice(0, -1), Math.min(Math.max(innermost, 0), mostCompany)] };
}

export function isAlone({ company }: Situation): boolean {
  return company.at(-1) === 0;
}

/** Inside a subprocess, where parallel branches count anew. */
export function entered(situation: Situation): Situation {
  return { ...situation, company: [...situation.company, 0] };
}

/** After a subprocess: what it counted is over. */
export function left(situation: Situation): Situation {
  return { ...situation, company: situation.company.slice(0, -1) };
}

/**
 * What is known where two branches meet. Both are about one card, so where it stands is what the one of them says that
 * comes later in a card's life; both are kept where the life of a card does not tell.
 */
export function merged(one: Situation, other: Situation): Situation[] {
  const oneIsLater = isLater(one.standing, other.standing);
  const otherIsLater = isLater(other.standing, one.standing);
  const withTold = (earlier: Situation, later: Situation) => {
    return { ...later, told: new Map([...earlier.told, ...later.told]) };
  };
  if (one.standing === other.standing || (otherIsLater && !oneIsLater)) return [withTold(one, other)];
  return oneIsLater && !otherIsLater ? [withTold(other, one)] : [withTold(other, one), withTold(one, other)];
}

/** True when a card may come from the other state to this one, in however many steps. */
export function isLater(standing: Standing, than: Standing): boolean {
  return reachable.get(than)?.has(standing) ?? false;
}

/** From each state, all that a card may still come to. A card that does not exist can become what a new one can. */
const reachable = new Map<Standing, ReadonlySet<Standing>>(
  (['none', ...cardTransitionPairs().map(([from]) => from)] as const).map((standing) => [standing, allAfter(standing)]),
);

function allAfter(standing: Standing): ReadonlySet<Standing> {
  const found = new Set<Standing>();
  const ahead: Standing[] = [standing === 'none' ? 'registered' : standing];
  for (let from = ahead.pop(); from !== undefined; from = ahead.pop()) {
    for (const [, to] of cardTransitionPairs().filter(([before]) => before === from)) {
      if (!found.has(to)) ahead.push(to);
      found.add(to);
    }
  }
  return found;
}
