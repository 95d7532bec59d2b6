// What is run from outside: by the command of this folder's topic, and by tests.
export { printLists } from './print.js';
export { benchLists } from './run.js';
