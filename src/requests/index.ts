// Who can get a card, by which variant.
export { lockVariantChoice, readEligibilities, refusalOfHolder } from './eligibility.js';
export { readOffers } from './offers.js';
// A request's life: registered, decided, aborted.
export { registerRequest, variantChanged } from './request-registration.js';
export {
  reasonMissing,
  recordDecision,
  refuseInactive,
  refuseNonApprover,
  refuseSelfApproval,
  settleRequests,
  timeLimitVerdict,
} from './request-decision.js';
export { decidedBy } from './decided-by.js';
export { decisionOnRecord } from './decision-on-record.js';
export { engineSources } from './decision-sources.js';
export { abortRequest, abortWaiting, refuseReservation } from './request-abort.js';
// Many requests of one batch order.
export { insertBatchRequests, lockRequest, lockWaiting, moveBatchToRegistered } from './request-store.js';
export { fingerprintOf, readRequestContents, requestOutdated } from './request-content.js';
// Reading requests, and what forms show of them.
export { getRequest, listRequests } from './request-reading.js';
export { requestSchema } from './request-schemas.js';
export { holderChoice, requestView } from './request-views.js';
