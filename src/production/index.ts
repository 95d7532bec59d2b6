// Orders: placing, ending, withdrawing, reading.
export { placeOrders } from './order-placing.js';
export { orderDirectly, orderFromApproved, repeatProduction } from './production-service.js';
export { endOrders } from './production-results.js';
export { cancelCard, cancelFailedCards, declareSpoilt, reasonOf } from './production-withdrawal.js';
export { listOrders } from './production-reading.js';
export { orderSchema } from './production-routes.js';
export { orderKeyText } from './backends/backend.js';
// Cards that can be issued.
export { findIssuableCards, issuesDirectly } from './issuing/issuable-cards.js';
export { CARDS_PATH } from './issuing/card-list-page.js';
// Backends: their status, and registering one.
export { readBackendStatuses } from './backends/administration/backend-status.js';
export { insertBackend, lockBackend, updateBackend } from './backends/administration/backend-store.js';
export { httpSettings } from './backends/http/http-settings.js';
