/**
 * The palette of service tasks: what a designer may put into a diagram and what a worker gets and gives back. Each
 * topic does one whole thing in one transaction. Worker types, model rules and element templates derive from this table.
 *
 * A type that ends in `?` may be missing or null. Only the variables named here are fetched and sent. `Json` variables
 * carry what a form shows; nothing secret and nothing that is not also in our tables.
 */
export const topics = {
  'find-holder': {
    name: 'Find the card holder',
    inputs: {
      query: 'String?',
      /** Why the request was sent back to its operator, if it was. */
      refusal: 'String?',
    },
    outputs: {
      /** Up to 50 matches, for the list of a form: see `HolderChoice`. */
      holders: 'Json',
      /** The matches as options of a select: `{label, value}`. */
      holderOptions: 'Json',
      /** The only match, or null: preselected in the form. */
      holder: 'String?',
      /** Card types as options of a select: `{label, value}`. */
      cardTypeOptions: 'Json',
      /** What each card type means at this moment: see `CardTypeOffer`. */
      offers: 'Json',
      /** One sentence above the form: what was found, or what to do. */
      notice: 'String',
      /** Null again: the notice says it. */
      refusal: 'String?',
    },
    errors: [],
    retry: { attempts: 5, firstDelayMs: 1_000, maxDelayMs: 60_000 },
    lockMs: 30_000,
  },
  'register-request': {
    name: 'Register the request',
    inputs: {
      /** The state to reach: `requested` (waits for an approval) or `approved`. */
      requestedState: 'String',
      holder: 'String',
      cardType: 'String',
      /** Set when the API has reserved the request; otherwise the worker makes it. */
      requestId: 'String?',
    },
    outputs: {
      requestId: 'String',
      /** What the approver's form shows: see `RequestView`. Only for a request that waits for an approval. */
      request: 'Json?',
    },
    errors: [
      /** The use case, holder, card type or an open request prevents it; the message says which. */
      'request-refused',
      /** The diagram that runs is not the chosen one any more: ask the operator to confirm again. */
      'variant-changed',
    ],
    retry: { attempts: 8, firstDelayMs: 1_000, maxDelayMs: 120_000 },
    lockMs: 30_000,
  },
  'record-decision': {
    name: 'Record the decision',
    inputs: {
      requestId: 'String',
      /**
       * Id of the user task whose completion is the decision; who completed it and what their form said is read from the engine's
       * history, never from a variable. With several, separated by commas, different people have to approve in each, and one of
       * them can reject. Without it, the time limit decides, whose event the history has to know.
       */
      approvalTask: 'String?',
    },
    outputs: {
      /** `approved`, `rejected` or `aborted`: the state the request is in afterwards. */
      outcome: 'String',
    },
    errors: [
      /** Separation of duties, no proof of who decided, an approval that is missing, or a changed holder: the request still waits. */
      'decision-refused',
    ],
    retry: { attempts: 8, firstDelayMs: 1_000, maxDelayMs: 120_000 },
    lockMs: 30_000,
  },
  'find-own-requests': {
    name: 'Find own requests',
    inputs: { refusal: 'String?' },
    outputs: {
      /** Rows for a table: the starter's own requests that wait for a decision. */
      requests: 'Json',
      requestOptions: 'Json',
      notice: 'String',
      refusal: 'String?',
    },
    errors: [],
    retry: { attempts: 5, firstDelayMs: 1_000, maxDelayMs: 60_000 },
    lockMs: 30_000,
  },
  'abort-request': {
    name: 'Abort the request',
    inputs: { requestId: 'String', reason: 'String?' },
    outputs: {},
    errors: [
      /** Not the starter's own request, or decided meanwhile; the message says which. */
      'abort-refused',
    ],
    retry: { attempts: 8, firstDelayMs: 1_000, maxDelayMs: 120_000 },
    lockMs: 30_000,
  },
  'find-issuable': {
    name: 'Find what can be issued',
    inputs: {
      query: 'String?',
      /** Why the order was sent back to its production operator, if it was. */
      refusal: 'String?',
    },
    outputs: {
      /** True while Request card is disabled: then cards are made for holders, else from approved requests. */
      direct: 'Boolean',
      /** Up to 50 approved cards, for the list of a form: see `IssuableCard`. */
      cards: 'Json',
      /** The cards as options of a select: `{label, value}`. */
      cardOptions: 'Json',
      /** The only match, or null: preselected in the form. */
      card: 'String?',
      /** Up to 50 active holders, for a card without a request: see `HolderChoice`. */
      holders: 'Json',
      holderOptions: 'Json',
      holder: 'String?',
      /** Card types as options of a select: `{label, value}`. */
      cardTypeOptions: 'Json',
      /** One sentence above the form: what was found, or what to do. */
      notice: 'String',
      /** Null again: the notice says it. */
      refusal: 'String?',
    },
    errors: [],
    retry: { attempts: 5, firstDelayMs: 1_000, maxDelayMs: 60_000 },
    lockMs: 30_000,
  },
  'order-production': {
    name: 'Order the card',
    inputs: {
      /** What the card is made from: see `productionSources`. */
      source: 'String',
      /** The card, unless `source` is `holder`. */
      card: 'String?',
      /** Holder and card type, where `source` is `holder`. */
      holder: 'String?',
      cardType: 'String?',
      /**
       * Id of the user task of this process whose completion orders: the person who completed it is the production operator.
       * Without it, the person who started the process.
       */
      orderTask: 'String?',
    },
    outputs: {
      card: 'String',
      /** Number of this production of the card: 1 for the first. */
      productionNumber: 'Integer',
    },
    errors: [
      /** The card, its holder, its card type or a use case prevents it; the message says which. */
      'production-refused',
    ],
    retry: { attempts: 8, firstDelayMs: 1_000, maxDelayMs: 120_000 },
    lockMs: 30_000,
  },
  'cancel-card': {
    name: 'Cancel the card',
    inputs: {
      card: 'String',
      reason: 'String?',
      /** As in `order-production`. */
      cancelTask: 'String?',
    },
    outputs: {},
    errors: [
      /** No reason, or the card is neither approved nor failed; the message says which. */
      'cancel-refused',
    ],
    retry: { attempts: 8, firstDelayMs: 1_000, maxDelayMs: 120_000 },
    lockMs: 30_000,
  },
  'prepare-batch': {
    name: 'Prepare the batch order',
    inputs: {
      label: 'String?',
      /** Filter of approved cards; what is empty restricts nothing. */
      cardType: 'String?',
      department: 'String?',
      /** Date (ISO 8601): approved before it. */
      approvedBefore: 'String?',
      /** Why the batch order was sent back to the person who puts it together, if it was. */
      refusal: 'String?',
    },
    outputs: {
      /** Id of the draft; the selection itself stays in the database. */
      batchId: 'String',
      /** 0: no round has been ordered yet. */
      round: 'Integer',
      /** How many were chosen, and the first 50 of them: see `BatchView`. */
      batch: 'Json',
      /** The first 50 as options of a taglist: `{label, value}`. */
      exceptionOptions: 'Json',
      /** Card types as options of a select: `{label, value}`. */
      cardTypeOptions: 'Json',
      /** One sentence above the form: what was found, or what to do. */
      notice: 'String',
      /** Null again: the notice says it. */
      refusal: 'String?',
    },
    errors: [],
    retry: { attempts: 5, firstDelayMs: 1_000, maxDelayMs: 60_000 },
    lockMs: 60_000,
  },
  'order-batch': {
    name: 'Order the cards of the batch',
    inputs: {
      batchId: 'String',
      /** The round after which to order: 0 orders what was chosen, any other what has failed. A repeat orders nothing. */
      round: 'Integer',
      /** Ids of cards that are left out of the first round. */
      exceptions: 'Json?',
      /**
       * Id of the user task of this process whose completion orders: the person who completed it is the production operator. Not
       * asked for where the API has begun the round.
       */
      orderTask: 'String?',
    },
    outputs: {},
    errors: [
      /** The batch order is in another state, or has nothing to order; the message says which. */
      'batch-refused',
    ],
    retry: { attempts: 8, firstDelayMs: 1_000, maxDelayMs: 120_000 },
    lockMs: 60_000,
  },
  'close-batch': {
    name: 'Close the batch order',
    inputs: {
      batchId: 'String',
      /** `complete`: failed cards stay so. `cancel`: a draft is dropped, failed cards are withdrawn for good. */
      decision: 'String',
      /** Why failed cards are withdrawn. */
      reason: 'String?',
      /** As in `order-batch`. */
      closeTask: 'String?',
    },
    outputs: {},
    errors: [
      /** No reason, or the batch order is in another state; the message says which. */
      'batch-refused',
    ],
    retry: { attempts: 8, firstDelayMs: 1_000, maxDelayMs: 120_000 },
    lockMs: 60_000,
  },
  'prepare-requests': {
    name: 'Prepare the batch of requests',
    inputs: {
      label: 'String?',
      /** Id of the card type that all are to get. */
      cardType: 'String?',
      /** Filter of active card holders; where it and `holderNames` are empty, nobody is chosen yet. */
      department: 'String?',
      words: 'String?',
      /** Employee numbers, UPNs or e-mail addresses, one a line or separated by commas or semicolons. */
      holderNames: 'String?',
      /** Why the batch order was sent back to the person who puts it together, if it was. */
      refusal: 'String?',
    },
    outputs: {
      /** Id of the draft; the selection itself stays in the database. */
      batchId: 'String',
      /** Whom it is for, and who cannot get a card: see `RequestBatchView`. */
      batch: 'Json',
      /** Card types as options of a select: `{label, value}`. */
      cardTypeOptions: 'Json',
      /** How the cards will be requested: see `BatchVariant`. Null where they cannot be. */
      variant: 'Json?',
      /** One sentence above the form: who was found, or what to do. */
      notice: 'String',
      /** Null again: the notice says it. */
      refusal: 'String?',
    },
    errors: [],
    retry: { attempts: 5, firstDelayMs: 1_000, maxDelayMs: 60_000 },
    lockMs: 60_000,
  },
  'register-requests': {
    name: 'Register the requests of the batch',
    inputs: {
      batchId: 'String',
      /** The state to reach: `requested` (waits for an approval) or `approved`. */
      requestedState: 'String',
    },
    outputs: {
      /** `running` where requests wait for a decision, otherwise `completed`. */
      batchState: 'String',
      /** What the approver's form shows: see `BatchView`. */
      batch: 'Json',
    },
    errors: [
      /** The batch order is in another state, or has nobody to request a card for; the message says which. */
      'batch-refused',
      /** The diagram that runs is not the one that follows from Request card any more: ask the operator to confirm again. */
      'variant-changed',
    ],
    retry: { attempts: 8, firstDelayMs: 1_000, maxDelayMs: 120_000 },
    lockMs: 60_000,
  },
  'record-decisions': {
    name: 'Record the decisions',
    inputs: {
      batchId: 'String',
      /** As in `record-decision`, but one task: its form approves all but the exceptions that its check has put on record, or rejects all. */
      approvalTask: 'String?',
    },
    outputs: {
      /** `running` where requests still wait: the approver may not decide on them, or has not seen them as they are; otherwise `completed`. */
      batchState: 'String',
      /** What the approver's form shows now: see `BatchView`. */
      batch: 'Json',
      /** Why requests still wait, as a sentence. */
      refusal: 'String?',
    },
    errors: [
      /** Nothing could be decided: separation of duties, no proof of who decided, an exception that names no row; the message says which. */
      'decision-refused',
    ],
    retry: { attempts: 8, firstDelayMs: 1_000, maxDelayMs: 120_000 },
    lockMs: 60_000,
  },
} as const satisfies Record<string, TopicContract>;

/** What becomes of a batch order that is closed. */
export const batchDecisions = ['complete', 'cancel'] as const;

/**
 * What an ordered card is made from: an `approved` card, a `failed` one (produced again under the next number), or a
 * `holder`, for whom a card is made without a request while Request card is off.
 */
export const productionSources = ['approved', 'failed', 'holder'] as const;

export type ProductionSource = (typeof productionSources)[number];

export type VariableType = 'String' | 'Boolean' | 'Integer' | 'Long' | 'Double' | 'Date' | 'Json';
export type VariableDeclaration = VariableType | `${VariableType}?`;

export interface TopicContract {
  /** What the palette calls it. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, VariableDeclaration>>;
  readonly outputs: Readonly<Record<string, VariableDeclaration>>;
  /** BPMN error codes that the diagram has to catch. A refusal becomes the one of its own code, any other the first. */
  readonly errors: readonly string[];
  /** Attempts in all, the first included; delays between them double from the first to the longest (milliseconds). */
  readonly retry: { readonly attempts: number; readonly firstDelayMs: number; readonly maxDelayMs: number };
  /** How long a task stays locked without a heartbeat (milliseconds). */
  readonly lockMs: number;
}

export type TopicName = keyof typeof topics;
