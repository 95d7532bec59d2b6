/** What a worker opens of the room: where it is read who, or what, decided on a request. */
export { engineSources } from './decision-sources.js';
