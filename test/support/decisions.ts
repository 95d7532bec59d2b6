import type { DecisionSources, Entries } from '../../src/requests/decided-by.js';

/** A history in which nobody has filled in a form, and no time limit was reached. */
export const nothingEntered: Entries = {
  textsEntered: async () => new Map<string, string>(),
  jsonEntered: async () => null,
  lastPassed: async () => null,
};

/** An installation in which nobody may approve, and no diagram has a time limit. */
export const nobodyApproves: Omit<DecisionSources, 'history'> = {
  timeLimitsOf: async () => new Set<string>(),
  mayApprove: async () => false,
};
