import type { CardState } from '../../domain/card-states.js';
import type { CheckName } from './checks.js';
import { messages } from './messages.js';
import type { TopicName } from './topics.js';
import type { UseCaseId } from './use-cases.js';

/** Where the card stands that a process is about; `none` as long as there is no card. */
export type CardStateOrNone = CardState | 'none';

/** What an element of a diagram means for the card: in which states it may be reached, and which may follow. */
export interface CardStep {
  /** From each state that it takes up, the states it may leave. A state that is not here is refused. */
  readonly moves: Readonly<Partial<Record<CardStateOrNone, readonly CardStateOrNone[]>>>;
  /** Applies where the element gives these constants to its inputs; one that leaves them open may be any such step. */
  readonly when?: Readonly<Record<string, string>>;
  /** An input without which an element is no such step. */
  readonly needs?: string;
  /** A variable that names the reached state afterwards, with its value for each state. */
  readonly reports?: {
    readonly variable: string;
    readonly values: Readonly<Partial<Record<CardStateOrNone, string>>>;
  };
}

const outcome = {
  variable: 'outcome',
  values: { approved: 'approved', rejected: 'rejected', aborted: 'aborted' },
} as const;
const productionState = {
  variable: 'productionState',
  values: { issued: 'produced', failed: 'failed', cancelled: 'cancelled' },
} as const;

/** States in which a request is settled, so that the same person may continue with another card. */
const settled = [
  'none',
  'approved',
  'rejected',
  'aborted',
  'issued',
  'cancelled',
] as const satisfies readonly CardStateOrNone[];

/** Topics that need or change a state; all others leave the card as it is. A BPMN error leaves it as it was. */
export const topicSteps: Partial<Record<TopicName, readonly CardStep[]>> = {
  'register-request': [
    { when: { requestedState: 'requested' }, moves: { none: ['requested'] } },
    { when: { requestedState: 'approved' }, moves: { none: ['approved'] } },
  ],
  // A requester may be faster than the diagram: then the outcome is `aborted` for every decision.
  // Without a task that somebody completes, the time limit decides.
  'record-decision': [
    { needs: 'approvalTask', moves: { requested: ['approved', 'aborted'] }, reports: outcome },
    { moves: { requested: ['rejected', 'aborted'] }, reports: outcome },
  ],
  'abort-request': [{ moves: { requested: ['aborted'] } }],
  'order-production': [
    { when: { source: 'approved' }, moves: { approved: ['ordered'] } },
    { when: { source: 'failed' }, moves: { failed: ['ordered'] } },
    { when: { source: 'holder' }, moves: { none: ['ordered'] } },
  ],
  'cancel-card': [{ moves: { approved: ['cancelled'], failed: ['cancelled'] } }],
};

/** Messages that report a change, or that come only in some states. */
export const messageSteps: Readonly<Record<string, CardStep>> = {
  [messages.productionOrdered]: {
    moves: { none: ['ordered'] },
    reports: { variable: 'placed', values: { ordered: 'yes' } },
  },
  [messages.requestAborted]: { moves: { requested: ['aborted'] } },
  [messages.approvalTimeLimit]: { moves: { requested: ['requested'] } },
  [messages.productionEnded]: {
    moves: { ordered: ['issued', 'failed', 'cancelled'], failed: ['cancelled'] },
    reports: productionState,
  },
};

/** Checks of forms: what they refuse, a diagram need not lead people to; a form may also choose the card. */
export const checkSteps: Partial<Record<CheckName, CardStep>> = {
  'request-card': { moves: Object.fromEntries(settled.map((state) => [state, ['none']])) },
  'decide-request': { moves: { requested: ['requested'] } },
  'abort-request': { moves: { none: ['requested'], requested: ['requested'] } },
  // The form chooses an approved card, or a holder who has none yet.
  'issue-card': {
    moves: { none: ['none', 'approved'], approved: ['none', 'approved'] },
    reports: { variable: 'placed', values: { none: 'no', approved: 'no' } },
  },
  'production-decision': { moves: { failed: ['failed'] } },
};

/** In which states the processes of a use case may leave a card. */
export interface UseCaseEnds {
  readonly entry: readonly CardStateOrNone[];
  readonly variants: readonly CardStateOrNone[];
  /** In which states a variant is run, by its name, where that is not `none`; the system chooses it by them. */
  readonly begins?: Readonly<Record<string, readonly Beginning[]>>;
}

/** A state in which a variant is run, and the variables that name it. */
export interface Beginning {
  readonly cardState: CardStateOrNone;
  readonly knownValues?: Readonly<Record<string, string>>;
}

const placed: Beginning = { cardState: 'ordered', knownValues: { placed: 'yes' } };

export const useCaseEnds: Readonly<Record<UseCaseId, UseCaseEnds>> = {
  'request-card': { entry: ['none', 'approved', 'rejected', 'aborted'], variants: ['approved', 'rejected', 'aborted'] },
  'issue-card': {
    entry: ['none', 'approved', 'issued', 'cancelled'],
    variants: ['issued', 'cancelled'],
    begins: {
      'from-approved': [{ cardState: 'approved', knownValues: { placed: 'no' } }, placed],
      directly: [{ cardState: 'none', knownValues: { placed: 'no' } }, placed],
    },
  },
  // A batch order moves its cards in the database; its process is about none of them.
  'issue-multiple-cards': { entry: ['none'], variants: [] },
  'request-multiple-cards': { entry: ['none'], variants: ['none'] },
};
