import boundaries from 'eslint-plugin-boundaries';
import tseslint from 'typescript-eslint';

/**
 * Who may import whom. Parts are folders; what is not named here as allowed is refused. The two programs and what
 * composes them (`compose`) may import everything of their side.
 */
const features = [
  'accounts', 'audit', 'backends', 'batches', 'card-types', 'cards', 'console', 'deployments', 'health', 'holders', 'insight', 'issuing',
  'layouts', 'letters', 'mail', 'number-ranges', 'options', 'outbox', 'production', 'requests', 'retention', 'sample-data', 'secrets',
  'snapshots', 'use-cases',
];

const parts = [
  { category: 'compose', pattern: ['src/main.ts', 'src/server.ts', 'workers/main.ts', 'workers/start-worker.ts', 'workers/registry.ts'] },
  { category: 'base', pattern: ['src/errors.ts', 'src/log.ts', 'src/repeat.ts', 'src/run-part.ts', 'src/time-limit.ts', 'src/config.ts'] },
  { category: 'domain', pattern: 'src/domain/**' },
  { category: 'process', pattern: 'src/process/**' },
  { category: 'db', pattern: 'src/db/**' },
  { category: 'engine', pattern: 'src/engine/**' },
  { category: 'http', pattern: 'src/http/**' },
  { category: 'cli', pattern: 'src/cli/**' },
  { category: 'feature', pattern: features.map((name) => `src/${name}/**`) },
  { category: 'runtime', pattern: 'workers/runtime/**' },
  { category: 'handlers', pattern: 'workers/handlers/**' },
  { category: 'migrations', pattern: 'migrations/**' },
  { category: 'launcher', pattern: 'launcher/**' },
  { category: 'print-shop', pattern: 'print-shop/**' },
  { category: 'console', pattern: 'console/**' },
];

const allowed = {
  compose: ['base', 'domain', 'process', 'db', 'engine', 'http', 'feature', 'runtime', 'handlers', 'compose'],
  base: ['base'],
  domain: ['domain'],
  process: ['process', 'domain', 'base'],
  db: ['db', 'base', 'migrations'],
  engine: ['engine', 'process', 'domain', 'base'],
  http: ['http', 'engine', 'process', 'domain', 'db', 'base'],
  feature: ['feature', 'http', 'engine', 'process', 'domain', 'db', 'base'],
  cli: ['cli', 'feature', 'http', 'process', 'domain', 'engine', 'base'],
  runtime: ['runtime'],
  handlers: ['handlers', 'runtime', 'feature', 'process', 'domain', 'db', 'base'],
  migrations: ['migrations'],
  launcher: ['launcher', 'cli', 'base', 'engine', 'process'],
  // A program of its own that shares the contract with print bureaus, and the looks of our pages, with the product.
  'print-shop': ['print-shop', 'base', 'feature', 'http'],
  console: ['console', 'domain', 'process', 'feature', 'http'],
};

export default tseslint.config(
  { ignores: ['**/dist/', 'node_modules/', '.data/', 'engine/', 'coverage/', 'test-results/', 'bench/results/'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/require-await': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  {
    files: ['src/**/*.ts', 'workers/**/*.ts', 'migrations/**/*.ts', 'launcher/**/*.ts', 'print-shop/**/*.ts', 'console/**/*.{ts,tsx}'],
    plugins: { boundaries },
    settings: {
      'boundaries/files': parts,
      'import/resolver': { typescript: { alwaysTryTypes: true } },
    },
    rules: {
      'boundaries/dependencies': [
        'error',
        {
          default: 'disallow',
          message: '{{from.file.categories}} must not import {{to.file.categories}}',
          policies: Object.entries(allowed).map(([from, to]) => ({
            from: { file: { categories: from } },
            allow: { to: { file: { categories: { anyOf: to } } } },
          })),
        },
      ],
      'boundaries/no-unknown-files': 'error',
    },
  },
  {
    // Handlers speak through features: the task client, SQL builders and HTTP are not theirs.
    files: ['workers/handlers/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { paths: ['camunda-external-task-client-js', 'knex', 'pg', 'express', 'undici'] }],
    },
  },
  {
    // The front end takes the rules of the domain with it; of the server only the types of what its routes answer.
    files: ['console/**/*.{ts,tsx}'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [{ regex: '/src/(?!domain/|process/contract/)', allowTypeImports: true, message: 'Import types only.' }] },
      ],
    },
  },
  {
    files: ['src/cli/**/*.ts', 'launcher/**', 'bench/**', 'test/**'],
    rules: { 'no-console': 'off' },
  },
  {
    // Answers of other programs are read as they come, and judged by the assertions.
    files: ['test/**', 'bench/**'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  { files: ['**/*.mjs', 'designers/**/*.js'], ...tseslint.configs.disableTypeChecked },
);
