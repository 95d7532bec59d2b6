/** Messages that the outbox of engine commands sends into processes. */
export const messages = {
  /** Starts an entry process for a request that the API has reserved. */
  requestReserved: 'card-request-reserved',
  /** The request was withdrawn by its requester; interrupts the approval. */
  requestAborted: 'card-request-aborted',
  /** The approval time limit has passed; interrupts the approval. */
  approvalTimeLimit: 'approval-time-limit-reached',
} as const;
