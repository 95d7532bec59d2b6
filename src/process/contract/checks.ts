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
} as const;

export type CheckName = keyof typeof checks;

/** What the `choose-card` form's buttons mean. */
export const formActions = { next: 'next', search: 'search', cancel: 'cancel' } as const;
