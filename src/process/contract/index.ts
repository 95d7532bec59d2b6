export * from './approval-tasks.js';
export * from './checks.js';
export * from './messages.js';
export * from './retry-properties.js';
export * from './topics.js';
export * from './use-cases.js';
export * from './views.js';
