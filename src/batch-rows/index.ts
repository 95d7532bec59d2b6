// Batch orders and their rows: reading, locking, counting.
export { backendsOf, getBatch, listBatches, listRows } from './batch-reading.js';
export { changeCounts, dropDraft, findHeadOf, lockBatch, readHead } from './batch-store.js';
export { largestBatch } from './batch-types.js';
// Results of rows.
export { endRound, recordEnded, recordSpoilt } from './batch-results.js';
export { recordAborted, recordSettled } from './request-results.js';
// The process instance of a batch order: starting and notifying it, and what it shows.
export {
  adoptBatch,
  batchView,
  isProcessOf,
  notifyRequestsEnded,
  notifyReviewed,
  notifyRoundEnded,
  processOf,
  requestBatchView,
  startBatchProcess,
  startRequestProcess,
} from './batch-process.js';
