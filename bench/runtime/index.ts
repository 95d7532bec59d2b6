// What tests run of it.
export { compareCost, measureDatabaseCost, readBaseline } from './database-cost.js';
