// Ordering many cards: the draft, its form, and its rounds.
export { choosingForm } from './batch-choosing-form.js';
export { readBatchForm } from './batch-form.js';
export { cardIdsIn } from './batch-checks.js';
export { prepareDraft } from './batch-draft.js';
export { beginRound, placeRound } from './batch-ordering.js';
export { cancelBatch, completeBatch } from './batch-closing.js';
// Requesting cards for many holders.
export { choosingHoldersForm, readRequestBatchForm } from './requesting/request-batch-form.js';
export { prepareRequests } from './requesting/request-draft.js';
export { registerBatch } from './requesting/registering.js';
export { recordDecisions } from './requesting/deciding.js';
