/**
 * The life of a batch order. `ordering`: its cards are being put into the print ledger, or its requests registered; `running`:
 * all of this round are there, or the requests wait for a decision; `reviewing`: the round has ended with failures, and someone decides what becomes of them.
 */
export const batchStates = ['draft', 'ordering', 'running', 'reviewing', 'completed', 'cancelled'] as const;

export type BatchState = (typeof batchStates)[number];

/** States in which a batch order goes on. */
export const openBatchStates = ['draft', 'ordering', 'running', 'reviewing'] as const satisfies readonly BatchState[];

/**
 * What became of one row of a batch order. `skipped`: it could not be ordered, or was left out; nothing was changed about
 * the card.
 */
export const batchRowStates = ['chosen', 'skipped', 'ordered', 'produced', 'failed', 'cancelled'] as const;

export type BatchRowState = (typeof batchRowStates)[number];

/** What a batch order does with its rows. */
export const batchKinds = ['issue', 'request'] as const;

export type BatchKind = (typeof batchKinds)[number];
