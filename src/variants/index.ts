// Use cases and the variants chosen for them.
export { findVariant, readUseCases } from './use-cases/use-case-store.js';
export { applicableVariant } from './use-cases/applicable-variant.js';
export { nothingEnabledHint } from './use-cases/use-case-service.js';
