import { messages } from './messages.js';
import { batchDecisions, productionSources, type TopicName, type VariableDeclaration } from './topics.js';

/** Which values a diagram may give to an input of a topic. */
export interface InputValues {
  readonly values: readonly string[];
  /** True where only a constant of the diagram may decide: never a variable, which a form could set. */
  readonly constant: boolean;
}

/** Inputs that take one of a few values. */
export const inputValues: Partial<Record<TopicName, Readonly<Record<string, InputValues>>>> = {
  'register-request': { requestedState: { values: ['requested', 'approved'], constant: true } },
  'register-requests': { requestedState: { values: ['requested', 'approved'], constant: true } },
  'order-production': { source: { values: productionSources, constant: true } },
  'close-batch': { decision: { values: batchDecisions, constant: false } },
};

/** Variables that a message brings into the process that takes it. */
export const messageVariables: Readonly<Record<string, Readonly<Record<string, VariableDeclaration>>>> = {
  [messages.requestReserved]: {
    holder: 'String',
    cardType: 'String',
    requestId: 'String',
    variantKey: 'String',
    variantVersion: 'Integer',
  },
  [messages.productionOrdered]: {
    card: 'String',
    /** Production number of the order to wait for: it is placed already. */
    productionNumber: 'Integer',
    /** `yes`: the order is placed already. */
    placed: 'String',
    variantKey: 'String',
    variantVersion: 'Integer',
  },
  [messages.productionEnded]: {
    /** `produced`, `failed` or `cancelled`. */
    productionState: 'String',
    /** Why it failed or was cancelled. */
    productionReason: 'String?',
    /** Whose card has failed, for the form about it: see `FailedProduction`. Null at every other end. */
    failure: 'Json?',
    /** Null: what prevented an earlier try is over. */
    refusal: 'String?',
  },
  [messages.batchOrdered]: {
    batchId: 'String',
    /** The round after which it is to order: 0 for the first. */
    round: 'Integer',
  },
  [messages.requestsOrdered]: {
    batchId: 'String',
    variantKey: 'String',
    variantVersion: 'Integer',
  },
  [messages.batchRoundEnded]: {
    /** `completed`, or `reviewing` where cards have failed. */
    batchState: 'String',
    /** The round that has ended. */
    round: 'Integer',
    /** What the review shows: see `BatchView`. */
    batch: 'Json',
  },
  [messages.batchReviewed]: {
    /** `ordering`: the failed cards are ordered again; `completed`: they are not. */
    batchState: 'String',
  },
};
