import boundaries from 'eslint-plugin-boundaries';
import tseslint from 'typescript-eslint';
import { cardStateRules, cardStateWriter } from './eslint.card-state.mjs';
import { faces, libraries, light, parts, rooms } from './eslint.rooms.mjs';

/** Rooms that are seen through their faces. */
const faced = rooms.filter((room) => !libraries.includes(room));

/** Who may import whom: parts with their files and faces, from the one list; what it does not allow is refused. */
const elements = [
  ...Object.entries(parts).map(([category, { files }]) => ({ category, pattern: files })),
  ...faced.map((room) => ({ category: `${room}: shared`, pattern: `src/${room}/${faces.shared}` })),
  ...faced.map((room) => ({
    category: `${room}: opening`,
    pattern: faces.opening.map((name) => `src/${room}/${name}`),
  })),
  { category: 'light', pattern: light },
];

/** What a part may import: types of anything before it, values of itself and of libraries, and the faces of other rooms. */
function policies([from, { imports }]) {
  const allow = (anyOf, selector = {}) => ({
    from: { file: { categories: from } },
    allow: { to: { file: { categories: { anyOf } } }, ...selector },
  });
  const behindFaces = (part) => faced.includes(part) && part !== from;
  return [
    allow(imports, { dependency: { kind: 'type' } }),
    allow(imports.filter((part) => !behindFaces(part))),
    allow(imports.filter(behindFaces).map((room) => `${room}: ${from === 'composition' ? 'opening' : 'shared'}`)),
    ...(['cli', 'print-shop'].includes(from) ? [allow(['light'])] : []),
  ];
}

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
    files: [
      'src/**/*.ts',
      'workers/**/*.ts',
      'migrations/**/*.ts',
      'launcher/**/*.ts',
      'print-shop/**/*.ts',
      'console/**/*.{ts,tsx}',
    ],
    plugins: { boundaries },
    settings: {
      'boundaries/files': elements,
      'import/resolver': { typescript: { alwaysTryTypes: true } },
    },
    rules: {
      'boundaries/dependencies': [
        'error',
        {
          default: 'disallow',
          message: '{{from.file.categories}} must not import {{to.file.categories}}',
          policies: Object.entries(parts).flatMap(policies),
        },
      ],
      'boundaries/no-unknown-files': 'error',
    },
  },
  {
    files: ['src/**/*.ts', 'workers/**/*.ts'],
    ignores: [cardStateWriter],
    rules: { 'no-restricted-syntax': ['error', ...cardStateRules] },
  },
  {
    // Handlers speak through features: the task client, SQL builders and HTTP are not theirs.
    files: ['workers/handlers/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: ['camunda-external-task-client-js', 'knex', 'pg', 'express', 'undici'] },
      ],
    },
  },
  {
    // The front end takes the rules of the domain with it; of the server only the types of what its routes answer.
    files: ['console/**/*.{ts,tsx}'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '/src/(?!domain/|process/contract/)', allowTypeImports: true, message: 'Import types only.' },
          ],
        },
      ],
    },
  },
  {
    files: ['src/cli/**/*.ts', 'launcher/**', 'bench/**', 'test/**', 'tools/**'],
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
  {
    // Tests and measurements share what is in bench/lib; beyond it a test sees of a topic what its index lets it run.
    files: ['test/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [{ regex: '/bench/(?!lib/|[^/]+/index\\.js$)', message: 'Import bench/lib or an index of bench.' }],
        },
      ],
    },
  },
  {
    files: ['bench/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '/test/(?!support/|fixtures/)',
              message: 'Import test/support or test/fixtures, or move it to bench/lib.',
            },
            { regex: '^\\.\\./(?:batches|chaos|lists|production|runtime)/', message: 'Topics share by bench/lib.' },
          ],
        },
      ],
    },
  },
  { files: ['**/*.mjs', 'designers/**/*.js'], ...tseslint.configs.disableTypeChecked },
);
