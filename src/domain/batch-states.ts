/**
 * The life of a batch order. `ordering`: its cards are being put into the print ledger, or its requests registered; `running`:
 * all of this round are there, or the requests wait for a decision; `reviewing`: the round has ended with failures, and someone decides what becomes of them.
 */
export const batchStates = ['draft', 'ordering', 'running', 'reviewing', 'completed', 'cancelled'] as const;

export type BatchState = (typeof batchStates)[number];

/** States in which a batch order is not finished. */
export const openBatchStates = ['draft', 'ordering', 'running', 'reviewing'] as const satisfies readonly BatchState[];

/**
 * What became of one row of a batch order, for both kinds. `skipped`: it could not be ordered, or was left out; nothing
 * was changed about the card. `succeeded`: the card is produced, or the request approved. `failed`: the production has
 * failed, or the request is rejected. `withdrawn`: the card is cancelled, or the request aborted. `batch-row-words.ts` has
 * the words for each kind.
 */
export const batchRowStates = ['chosen', 'skipped', 'ordered', 'succeeded', 'failed', 'withdrawn'] as const;

export type BatchRowState = (typeof batchRowStates)[number];

/** States in which a row of a round ends. */
export type EndedRowState = Extract<BatchRowState, 'succeeded' | 'failed' | 'withdrawn'>;

/** What a batch order does with its rows. */
export const batchKinds = ['issue', 'request'] as const;

export type BatchKind = (typeof batchKinds)[number];
