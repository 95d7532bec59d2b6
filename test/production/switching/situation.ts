/** Everything that administrators switch, as the tests see it: what has to hold is worked out from this, never from our tables. */
export interface Situation {
  readonly request: boolean;
  /** The variant of Request card for everyone; null until one was chosen. */
  readonly everyone: Variant | null;
  /** The visitor card's own variant, where it has one. */
  readonly visitor: Variant | null;
  readonly issue: boolean;
}

export type Variant = 'with-approval' | 'without-approval';
export type CardType = 'employee' | 'visitor';

/** As after installation. */
export const nothingEnabled: Situation = { request: false, everyone: null, visitor: null, issue: false };

/** A switch, and the situation that it asks for. */
interface SwitchMeaning {
  readonly useCase: 'request-card' | 'issue-card';
  readonly asksFor: (now: Situation) => Situation;
}

/** What administrators can switch that decides about ordering: the whole alphabet of the orders of switching. */
export const mainSwitches = {
  'request off': { useCase: 'request-card', asksFor: (now) => ({ ...now, request: false }) },
  'request with approval': {
    useCase: 'request-card',
    asksFor: (now) => ({ ...now, request: true, everyone: 'with-approval' }),
  },
  'request without approval': {
    useCase: 'request-card',
    asksFor: (now) => ({ ...now, request: true, everyone: 'without-approval' }),
  },
  'issue on': { useCase: 'issue-card', asksFor: (now) => ({ ...now, issue: true }) },
  'issue off': { useCase: 'issue-card', asksFor: (now) => ({ ...now, issue: false }) },
} as const satisfies Record<string, SwitchMeaning>;

/** And what decides about the requests of one card type alone. */
export const allSwitches = {
  ...mainSwitches,
  'visitors with approval': { useCase: 'request-card', asksFor: (now) => ({ ...now, visitor: 'with-approval' }) },
  'visitors without approval': { useCase: 'request-card', asksFor: (now) => ({ ...now, visitor: 'without-approval' }) },
  'visitors as everyone': { useCase: 'request-card', asksFor: (now) => ({ ...now, visitor: null }) },
} as const satisfies Record<string, SwitchMeaning>;

export type Switch = keyof typeof allSwitches;

/** What a switch leads to; null where it is refused, because the last use case would go off. */
export function after(now: Situation, name: Switch): Situation | null {
  const then: Situation = allSwitches[name].asksFor(now);
  const goesOff = (now.request && !then.request) || (now.issue && !then.issue);
  return goesOff && !then.request && !then.issue ? null : then;
}

/** The variant by which a card of the type is requested now; null where nothing can be requested. */
export function variantFor({ request, everyone, visitor }: Situation, cardType: CardType): Variant | null {
  if (!request) return null;
  return cardType === 'visitor' ? (visitor ?? everyone) : everyone;
}

/** Whether a card may be ordered now that nobody has requested. */
export const allowsDirectOrders = ({ request, issue }: Situation): boolean => issue && !request;

/** Every sequence of up to `length` of the given things, the empty one first. */
export function words<T>(letters: readonly T[], length: number): T[][] {
  const of = (n: number): T[][] =>
    n === 0 ? [[]] : of(n - 1).flatMap((word) => letters.map((letter) => [...word, letter]));
  return Array.from({ length: length + 1 }, (_each, n) => of(n)).flat();
}
