/**
 * The use cases and their entry processes: what Tasklist lists while a use case is enabled. How a use case is done is
 * the chosen variant, a diagram that names `useCase` and `variant` in its extension properties.
 */
export const useCases = {
  'request-card': {
    name: 'Request card',
    entryProcess: 'request-card',
    /** Groups that may start it in Tasklist while it is enabled. */
    starters: ['card-operators'],
    /** Offered first to an administrator who enables the use case. */
    firstVariant: 'with-approval',
    /** Processes that are enabled and disabled together with it. */
    companions: ['abort-card-request'],
    /** The use case together with which it is enabled and disabled, and whose choice of a variant it goes by; null where it is on its own. */
    follows: null,
    /** True where nobody chooses a variant: it follows from the state of other use cases, or there is but one way. */
    variantFollows: false,
    /** True where it can bring cards into being: at least one such use case has to be enabled. */
    begins: true,
    /** Whether a fresh installation has it enabled. */
    enabledAtFirst: false,
  },
  'issue-card': {
    name: 'Issue card',
    entryProcess: 'issue-card',
    starters: ['card-producers'],
    firstVariant: 'from-approved',
    companions: [],
    follows: null,
    variantFollows: true,
    begins: true,
    enabledAtFirst: false,
  },
  'issue-multiple-cards': {
    name: 'Issue multiple cards',
    entryProcess: 'issue-multiple-cards',
    starters: ['card-producers'],
    firstVariant: null,
    companions: [],
    follows: null,
    variantFollows: true,
    begins: false,
    enabledAtFirst: true,
  },
  'request-multiple-cards': {
    name: 'Request multiple cards',
    entryProcess: 'request-multiple-cards',
    starters: ['card-operators'],
    firstVariant: 'with-approval',
    companions: [],
    follows: 'request-card',
    variantFollows: true,
    begins: false,
    enabledAtFirst: false,
  },
} as const satisfies Record<string, UseCaseContract>;

interface UseCaseContract {
  readonly name: string;
  readonly entryProcess: string;
  readonly starters: readonly string[];
  /** Null where the entry process is all there is. */
  readonly firstVariant: string | null;
  readonly companions: readonly string[];
  readonly follows: string | null;
  readonly variantFollows: boolean;
  readonly begins: boolean;
  readonly enabledAtFirst: boolean;
}

export type UseCaseId = keyof typeof useCases;

export const useCaseIds = Object.keys(useCases) as UseCaseId[];

/** The use cases that are enabled and disabled together with one. */
export function followersOf(id: UseCaseId): UseCaseId[] {
  return useCaseIds.filter((each) => useCases[each].follows === id);
}

/**
 * True when something can be begun. An enabled use case that only continues what others have begun is useless alone.
 * @param states the use cases as they are; ids that the contract does not know count for nothing
 */
export function canBegin(states: readonly { readonly id: string; readonly enabled: boolean }[]): boolean {
  return states.some(
    ({ id, enabled }) => enabled && useCaseIds.some((known) => known === id && useCases[known].begins),
  );
}

/** Extension properties (`camunda:properties`) by which a diagram, a start event or a task speaks to us. */
export const extensionProperties = {
  /** On a variant's process: the use case it is a way of doing. */
  useCase: 'useCase',
  /** On a variant's process: its id among the variants of the use case, for example `with-approval`. */
  variant: 'variant',
  /** On a start event or user task with a form: the check that the door runs when the form is submitted. */
  check: 'check',
} as const;
