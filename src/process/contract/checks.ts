/**
 * Checks that the door runs when a form is submitted, before the engine hears of it: named in a diagram by the
 * extension property `check`. A check that refuses keeps the form open and shows its sentence; one that passes may add
 * the variables named here, which no form can set.
 */
export const checks = {
  'holder-search': {
    name: 'A card holder can be found',
    fields: { query: 'String' },
    adds: {},
  },
  'request-card': {
    name: 'The card can be requested',
    fields: { action: 'String', holder: 'String?', cardType: 'String?', query: 'String?' },
    adds: {
      /** Process key of the chosen variant, for the call activity. */
      variantKey: 'String',
      variantVersion: 'Integer',
    },
  },
  'decide-request': {
    name: 'The approver may decide',
    fields: { decision: 'String', reason: 'String?' },
    adds: {
      /** Fingerprint of what the approver was shown of the card. */
      seenContent: 'String',
    },
  },
  'abort-request': {
    name: 'The request can be aborted',
    fields: { action: 'String', requestId: 'String?', reason: 'String?' },
    adds: {},
  },
  'issuable-search': {
    name: 'Something to issue can be found',
    fields: { query: 'String' },
    adds: {},
  },
  'issue-card': {
    name: 'The card can be issued',
    fields: { action: 'String', card: 'String?', holder: 'String?', cardType: 'String?', query: 'String?' },
    adds: {
      /** Process key of the variant that follows from Request card, for the call activity. */
      variantKey: 'String',
      variantVersion: 'Integer',
      /** `no`: the variant has to order the card. */
      placed: 'String',
    },
  },
  'production-decision': {
    name: 'The failed card can be produced again, or cancelled',
    fields: { action: 'String', reason: 'String?' },
    adds: {},
  },
  'batch-filter': {
    name: 'Approved cards can be found',
    fields: { label: 'String?', cardType: 'String?', department: 'String?', approvedBefore: 'String?' },
    adds: {},
  },
  'order-batch': {
    name: 'The batch order can be ordered',
    fields: {
      action: 'String',
      label: 'String?',
      cardType: 'String?',
      department: 'String?',
      approvedBefore: 'String?',
      exceptions: 'Json?',
    },
    adds: {},
  },
  'review-batch': {
    name: 'The failed cards can be repeated, left or withdrawn',
    fields: { decision: 'String', reason: 'String?' },
    adds: {},
  },
  'holders-filter': {
    name: 'Card holders can be found',
    fields: { label: 'String?', cardType: 'String', department: 'String?', words: 'String?', holderNames: 'String?' },
    adds: {},
  },
  'request-batch': {
    name: 'The cards can be requested',
    fields: {
      action: 'String',
      label: 'String?',
      cardType: 'String?',
      department: 'String?',
      words: 'String?',
      holderNames: 'String?',
    },
    adds: {
      /** Process key of the variant that follows from Request card, for the call activity. */
      variantKey: 'String',
      variantVersion: 'Integer',
    },
  },
  'decide-requests': {
    name: 'The approver may decide on the requests',
    fields: { decision: 'String', exceptionLines: 'String?', reason: 'String?' },
    adds: {
      /** Rows that are rejected while the others are approved: `[{row, reason}]`. */
      exceptions: 'Json',
    },
  },
} as const;

export type CheckName = keyof typeof checks;

const { 'decide-request': one, 'decide-requests': many } = checks;

/**
 * What only an approver says, by a form or its check. Decisions are recorded from the engine's history of the form, never from variables
 * of these names; nothing in a diagram may write them, so that its gateways read the same as what is recorded.
 */
export const approverAnswers: ReadonlySet<string> = new Set([
  ...Object.keys({ ...one.fields, ...one.adds, ...many.fields, ...many.adds }),
  'cause',
]);

/** What the buttons of a form that chooses mean. */
export const formActions = { next: 'next', search: 'search', cancel: 'cancel' } as const;
