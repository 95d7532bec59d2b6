import { filesByTier } from './test/tiers.ts';

/** Jest as native ESM: TypeScript is only stripped of its types (by swc); `npm run types` is what checks them. */
const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022', experimental: { keepImportAttributes: true } },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  // Sources import `./x.js`, as the compiled program does; under test there is only `./x.ts`.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js'] },
  modulePathIgnorePatterns: [
    '<rootDir>/dist/',
    '<rootDir>/.data/',
    '<rootDir>/engine/target/',
    '<rootDir>/test-results/',
  ],
};

/** What each tier has besides. */
const particular = {
  pure: { setupFiles: ['<rootDir>/test/support/without-parts.mjs'] },
  product: { setupFiles: ['<rootDir>/test/support/built-parts.mjs'] },
  ordeals: { setupFiles: ['<rootDir>/test/support/built-parts.mjs'] },
};

export default {
  projects: [...filesByTier()].map(([tier, files]) => ({
    ...common,
    displayName: tier,
    testMatch: files.map((file) => `<rootDir>/${file}`),
    ...particular[tier],
  })),
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  testSequencer: '<rootDir>/test/support/tier-sequencer.mjs',
  reporters: ['default', '<rootDir>/test/support/summary-reporter.mjs'],
  maxWorkers: 2,
  testTimeout: 60_000,
};
