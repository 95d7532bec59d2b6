/** Messages that the outbox of engine commands sends into processes. */
export const messages = {
  /** Starts an entry process for a request that the API has reserved. */
  requestReserved: 'card-request-reserved',
  /** The request was withdrawn by its requester; interrupts the approval. */
  requestAborted: 'card-request-aborted',
  /** The approval time limit has passed; interrupts the approval. */
  approvalTimeLimit: 'approval-time-limit-reached',
  /** Starts the entry process of Issue card for a card that was ordered over the API, right at waiting for production. */
  productionOrdered: 'card-production-ordered',
  /** The production of a card has ended, or the card that failed was cancelled. */
  productionEnded: 'card-production-ended',
  /** Starts the entry process of a batch order that was made over the API, right at ordering. */
  batchOrdered: 'batch-ordered',
  /** The last production of a round has ended; comes once a round. */
  batchRoundEnded: 'batch-round-ended',
  /** Somebody has decided outside Tasklist what becomes of the failed cards; interrupts the review. */
  batchReviewed: 'batch-reviewed',
  /** Starts the entry process of Request multiple cards for a batch order that was made over the API, right at its variant. */
  requestsOrdered: 'request-batch-ordered',
  /** None of the requests of a batch order waits any more: they were aborted one by one or together; interrupts the approval. */
  requestsEnded: 'request-batch-ended',
} as const;
