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
    /** True where the variant follows from the state of other use cases, and nobody chooses it. */
    variantFollows: false,
  },
  'issue-card': {
    name: 'Issue card',
    entryProcess: 'issue-card',
    starters: ['card-producers'],
    firstVariant: 'from-approved',
    companions: [],
    variantFollows: true,
  },
} as const satisfies Record<string, UseCaseContract>;

interface UseCaseContract {
  readonly name: string;
  readonly entryProcess: string;
  readonly starters: readonly string[];
  readonly firstVariant: string;
  readonly companions: readonly string[];
  readonly variantFollows: boolean;
}

export type UseCaseId = keyof typeof useCases;

export const useCaseIds = Object.keys(useCases) as UseCaseId[];

/** Extension properties (`camunda:properties`) by which a diagram, a start event or a task speaks to us. */
export const extensionProperties = {
  /** On a variant's process: the use case it is a way of doing. */
  useCase: 'useCase',
  /** On a variant's process: its id among the variants of the use case, for example `with-approval`. */
  variant: 'variant',
  /** On a start event or user task with a form: the check that the door runs when the form is submitted. */
  check: 'check',
} as const;
