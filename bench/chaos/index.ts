// What is run from outside: by the command of this folder's topic, and by tests.
export { runChaos } from './chaos-run.js';
