// Which workers run.
export { forgetWorker, reportWorker } from './health/worker-store.js';
