import type { BackendKind } from './backend-kind.js';
import { httpKind } from './http/http-kind.js';
import { ippKind } from './ipp/ipp-kind.js';

/** Every kind of card production backend; a further one is a folder like these, and its line here. */
export const backendKinds: readonly BackendKind[] = [httpKind, ippKind];
