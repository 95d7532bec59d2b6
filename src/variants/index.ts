// Use cases and the variants chosen for them.
export { findVariant, readUseCases } from './use-cases/use-case-store.js';
export { nothingEnabledHint } from './use-cases/use-case-service.js';
