// What is run from outside: by the commands of this folder's topic, and by tests.
export { runProductionChaos } from './chaos-run.js';
export { measureProduction } from './cost.js';
export { loseOneAnswer } from './lost-answer.js';
