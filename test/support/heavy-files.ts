/** Files that take long, with the seconds that they took on two cores; `test/support/tier-sequencer.mjs` begins with them. */
export const heavyFiles: Readonly<Record<string, number>> = {};
