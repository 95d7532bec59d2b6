// What is run from outside: by the commands of this folder's topic, and by tests.
export { runBatchChaos } from './chaos-run.js';
export { postgresAlone } from './postgres-arm.js';
export { printBatches } from './print.js';
export { runRequestChaos } from './request-chaos.js';
export { benchBatches } from './run.js';
