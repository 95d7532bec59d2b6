/**
 * Every way in which a request of a person or a program can be refused: one table, from which HTTP, Tasklist, workers
 * and the command line take status, retry class and wording. Callers compare `code`, never messages.
 */
export const errorTable = {
  'invalid-request': { status: 400, retry: 'permanent', title: 'The request is not valid' },
  unauthenticated: { status: 401, retry: 'permanent', title: 'Sign in first' },
  'signature-refused': { status: 401, retry: 'permanent', title: 'The signature is not right' },
  'metrics-refused': { status: 401, retry: 'permanent', title: 'A token is needed' },
  forbidden: { status: 403, retry: 'permanent', title: 'Not allowed' },
  'cross-site': { status: 403, retry: 'permanent', title: 'The request comes from another site' },
  'not-found': { status: 404, retry: 'business', title: 'Not found' },
  'method-not-allowed': { status: 405, retry: 'permanent', title: 'Method not allowed' },
  'payload-too-large': { status: 413, retry: 'permanent', title: 'Too large' },
  'unsupported-media-type': { status: 415, retry: 'permanent', title: 'Media type not supported' },
  misdirected: { status: 421, retry: 'permanent', title: 'Another server is meant' },
  'too-many-attempts': { status: 429, retry: 'retry', title: 'Too many attempts' },

  'use-case-disabled': { status: 409, retry: 'business', title: 'The use case is disabled' },
  'last-use-case': { status: 409, retry: 'business', title: 'At least one use case must stay enabled' },
  'use-case-follows': { status: 409, retry: 'business', title: 'The use case goes by another one' },
  'variant-unknown': { status: 422, retry: 'business', title: 'Unknown process variant' },
  'nothing-to-undo': { status: 409, retry: 'business', title: 'There is nothing to take back' },
  'variant-changed': { status: 409, retry: 'business', title: 'The process variant has changed' },
  'models-refused': { status: 422, retry: 'business', title: 'The diagrams cannot be deployed' },
  'needs-administrator': { status: 403, retry: 'business', title: 'An administrator has to do this' },
  'migration-refused': { status: 409, retry: 'business', title: 'The instances cannot be migrated' },
  'second-administrator': { status: 409, retry: 'business', title: 'Another administrator has to confirm it' },
  'change-settled': { status: 409, retry: 'business', title: 'The change does not wait any more' },
  'roles-conflict': { status: 409, retry: 'business', title: 'These roles do not go together' },
  stale: { status: 412, retry: 'business', title: 'Changed by someone else meanwhile' },

  'holder-unknown': { status: 422, retry: 'business', title: 'No such card holder' },
  'holder-ambiguous': { status: 422, retry: 'business', title: 'More than one card holder matches' },
  'holder-inactive': { status: 409, retry: 'business', title: 'The card holder is inactive' },
  'holder-in-use': { status: 409, retry: 'business', title: 'The card holder has open requests or live cards' },
  'holder-erased': { status: 409, retry: 'business', title: 'The card holder was erased' },
  'holder-changed': { status: 409, retry: 'business', title: 'Another card holder has this value' },
  'option-invalid': { status: 409, retry: 'business', title: 'An option has a value that cannot be used' },
  'card-type-unknown': { status: 422, retry: 'business', title: 'Unknown card type' },
  'photo-missing': { status: 409, retry: 'business', title: 'The card type needs a photo' },
  'photo-invalid': { status: 422, retry: 'business', title: 'The photo cannot be used' },
  'card-type-incomplete': { status: 409, retry: 'business', title: 'The card type cannot be produced yet' },
  'number-range-unknown': { status: 422, retry: 'business', title: 'Unknown number range' },
  'number-range-conflict': { status: 409, retry: 'business', title: 'The number range would give a number twice' },
  'number-range-exhausted': { status: 409, retry: 'business', title: 'The number range has no numbers left' },
  'layout-unknown': { status: 422, retry: 'business', title: 'Unknown card layout' },
  'layout-invalid': { status: 422, retry: 'business', title: 'The card layout cannot be used' },
  'backend-unknown': { status: 422, retry: 'business', title: 'Unknown card production backend' },
  'backend-in-use': { status: 409, retry: 'business', title: 'The card production backend is in use' },
  'mail-ended': { status: 409, retry: 'business', title: 'The mail cannot be sent again' },
  'secret-elsewhere': { status: 422, retry: 'business', title: 'The secret belongs to another address' },
  'confirmation-needed': { status: 409, retry: 'business', title: 'The change has to be confirmed' },
  'backend-unavailable': { status: 503, retry: 'retry', title: 'The card production backend does not answer' },
  'last-administrator': { status: 409, retry: 'business', title: 'There has to be an administrator' },
  'password-wrong': { status: 403, retry: 'permanent', title: 'The password is wrong' },
  'second-factor-wrong': { status: 403, retry: 'permanent', title: 'The code is wrong' },
  'second-factor-needed': { status: 403, retry: 'permanent', title: 'A second factor is needed' },
  'group-retired': { status: 409, retry: 'business', title: 'The group is retired' },
  'exists-already': { status: 409, retry: 'business', title: 'There is one with this id already' },
  'secret-unreadable': { status: 500, retry: 'retry', title: 'A sealed secret cannot be opened' },
  'nothing-to-deliver': { status: 409, retry: 'business', title: 'There is no PIN to deliver' },
  'open-request-exists': { status: 409, retry: 'business', title: 'There is an open request already' },
  'import-invalid': { status: 422, retry: 'business', title: 'The file was not imported' },

  'reason-missing': { status: 422, retry: 'business', title: 'A reason is needed' },
  'approved-already': { status: 403, retry: 'business', title: 'Another person has to approve too' },
  'self-approval': { status: 403, retry: 'business', title: 'Requester and card holder cannot decide' },
  'request-outdated': { status: 409, retry: 'business', title: 'The card holder has changed meanwhile' },
  'already-decided': { status: 409, retry: 'business', title: 'Decided already' },
  'decided-together': { status: 409, retry: 'business', title: 'Decided in a batch order' },
  'not-own-request': { status: 403, retry: 'business', title: 'Not your own request' },
  'not-approved': { status: 409, retry: 'business', title: 'The card is not approved' },
  'not-requested': { status: 409, retry: 'business', title: 'The request does not wait for a decision' },
  'transition-refused': { status: 409, retry: 'business', title: 'The card is in another state' },
  'direct-issue-off': { status: 409, retry: 'business', title: 'The card needs an approved request' },
  'self-production': { status: 403, retry: 'business', title: 'The approver cannot produce the card' },
  'order-live': { status: 409, retry: 'business', title: 'The card is being produced' },
  'not-produced': { status: 409, retry: 'business', title: 'The card was not produced by this order' },
  'batch-empty': { status: 422, retry: 'business', title: 'There is nothing to order' },
  'batch-too-large': { status: 422, retry: 'business', title: 'Too many for one batch order' },
  'batch-state': { status: 409, retry: 'business', title: 'The batch order is in another state' },
  'left-out': { status: 409, retry: 'business', title: 'Left out of the batch order' },
  'production-refused': { status: 422, retry: 'business', title: 'The card cannot be made' },
  'idempotency-mismatch': {
    status: 422,
    retry: 'permanent',
    title: 'The idempotency key was used for another request',
  },
  'idempotency-in-progress': { status: 409, retry: 'retry', title: 'The same request is being processed' },

  'engine-unavailable': { status: 503, retry: 'retry', title: 'The process engine does not answer' },
  'engine-refused': { status: 502, retry: 'retry', title: 'The process engine refused the call' },
  'database-unavailable': { status: 503, retry: 'retry', title: 'The database does not answer' },
  internal: { status: 500, retry: 'retry', title: 'Something went wrong' },
} as const satisfies Record<string, { status: number; retry: 'retry' | 'permanent' | 'business'; title: string }>;

export type ErrorCode = keyof typeof errorTable;

/**
 * A refusal with a stable code and one sentence that a person can act on.
 *
 * `message` is public: it is shown in Tasklist, in problem+json and in incidents, so it never holds a secret.
 * `extra` is added to problem+json as further members, for example the bad rows of an import.
 */
export class ProductError extends Error {
  override readonly name = 'ProductError';
  readonly publicMessage: string;

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly extra: Readonly<Record<string, unknown>> = {},
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.publicMessage = message;
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  /** True where a person has to act otherwise: a diagram handles it, and trying again would not help. */
  get isBusiness(): boolean {
    return errorTable[this.code].retry === 'business';
  }

  get title(): string {
    return errorTable[this.code].title;
  }
}

/** True when `raw` is a refusal with one of the given codes (any code when none is given). */
export function isProductError(raw: unknown, ...codes: ErrorCode[]): raw is ProductError {
  return raw instanceof ProductError && (codes.length === 0 || codes.includes(raw.code));
}
