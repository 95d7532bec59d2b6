import { SIGNATURE_HEADER, signRequest } from '../../src/engine/signing.js';
import type { RequestHeaders } from '../../workers/runtime/index.js';
import type { EngineConnection } from '../../test/support/engine.js';

/** What makes the engine take a request for the workers' account. */
export function workerHeaders({ worker }: EngineConnection): RequestHeaders {
  return ({ method, target }) => ({ [SIGNATURE_HEADER]: signRequest(worker, { user: 'card-worker', method, target }) });
}
