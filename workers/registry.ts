import type { Knex } from '../src/kernel/db/database.js';
import { topics } from '../src/process/contract/index.js';
import { abortRequestHandler } from './handlers/abort-request.js';
import { closeBatchHandler } from './handlers/close-batch.js';
import { cancelCardHandler } from './handlers/cancel-card.js';
import { findIssuable } from './handlers/find-issuable.js';
import { findHolder } from './handlers/find-holder.js';
import { findOwnRequests } from './handlers/find-own-requests.js';
import { orderBatchHandler } from './handlers/order-batch.js';
import { orderProductionHandler } from './handlers/order-production.js';
import { prepareBatchHandler } from './handlers/prepare-batch.js';
import { prepareRequestsHandler } from './handlers/prepare-requests.js';
import type { DecisionSources } from '../src/requests/decided-by.js';
import { recordDecisionHandler } from './handlers/record-decision.js';
import { recordDecisionsHandler } from './handlers/record-decisions.js';
import { withRefusals } from './handlers/refusals.js';
import { registerRequestsHandler } from './handlers/register-requests.js';
import { registerRequestHandler, type Starters } from './handlers/register-request.js';
import type { Handlers } from './runtime/index.js';

/** What handlers work with. */
export interface HandlerDependencies extends DecisionSources {
  readonly db: Knex;
  readonly history: Starters & DecisionSources['history'];
  /** Origin under which people reach the server. */
  readonly publicUrl: string;
}

/** One handler for each topic of the contract; a topic without one does not compile. */
export function createHandlers({ db, publicUrl, ...sources }: HandlerDependencies): Handlers<typeof topics> {
  const { history } = sources;
  return withRefusals(topics, {
    'find-issuable': findIssuable(db, publicUrl),
    'find-holder': findHolder(db, publicUrl),
    'register-request': registerRequestHandler(db, history, publicUrl),
    'record-decision': recordDecisionHandler(db, sources),
    'find-own-requests': findOwnRequests(db, history),
    'abort-request': abortRequestHandler(db, history),
    'order-production': orderProductionHandler(db, history),
    'cancel-card': cancelCardHandler(db, history),
    'prepare-batch': prepareBatchHandler(db, history),
    'order-batch': orderBatchHandler(db, history),
    'close-batch': closeBatchHandler(db, history),
    'prepare-requests': prepareRequestsHandler(db, history),
    'register-requests': registerRequestsHandler(db),
    'record-decisions': recordDecisionsHandler(db, sources),
  });
}
