import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import { importX } from 'eslint-plugin-import-x';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** Files in `target` may not import from `from`, except from `except`. */
const layer = (target, from, message, except = []) => ({ target, from, message, except });

/** The folders of shared/, lowest first: each may import from earlier ones, and from files directly in shared/. */
const ROOMS = [
  'text',
  'identity',
  'network',
  'plan',
  'process',
  'datasets',
  'formats',
  'source',
  'store',
  'audit',
  'job',
  'mails',
  'webhooks',
  'saved-exports',
  'request',
  'temporal',
  'schedules',
  'startup',
];
const roomsFrom = (index) => ROOMS.slice(index).map((room) => `./shared/${room}`);

/** The folders of activities/ and api/, lowest first. Files directly in these two may import from all of them. */
const ACTIVITY_ROOMS = ['slots', 'file', 'segment', 'plan', 'finish', 'retention', 'notify', 'schedules'];
const API_ROOMS = [
  'openapi',
  'http',
  'limits',
  'exports',
  'access',
  'live',
  'health',
  'schedules',
  'saved-exports',
  'webhooks',
  'routes',
];
const ordered = (folder, rooms) =>
  rooms.slice(0, -1).map((room, index) =>
    layer(
      `./${folder}/${room}`,
      rooms.slice(index + 1).map((higher) => `./${folder}/${higher}`),
      `${folder}/${room}/ may not import from this folder: see docs/architecture.md`,
    ),
  );

/** What workflow code may import from shared/: types, constants and pure functions. */
const WORKFLOW_SAFE = [
  './contract.ts',
  './errors.ts',
  './schedules/contract.ts',
  './temporal/export-start.ts',
  './temporal/inputs.ts',
  './temporal/messages.ts',
  './temporal/names.ts',
  './temporal/notification-start.ts',
  './temporal/search-attributes.ts',
  './temporal/tenant-weights.ts',
  './temporal/tuning.ts',
];

export default defineConfig(
  // The programs of test/clients use generated code.
  { ignores: ['dist/', '.local/', 'node_modules/', 'test/clients/programs/'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver': { typescript: true } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Type imports, which this ignores, are covered by test/house.
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-restricted-paths': [
        'error',
        {
          basePath: import.meta.dirname,
          zones: [
            layer(
              './shared',
              ['./api', './activities', './worker', './workflows', './dev', './bench', './test'],
              'shared/ is the lowest layer',
            ),
            layer(
              './workflows',
              ['./api', './worker', './dev', './bench', './test'],
              'workflows know only activities (types) and shared/',
            ),
            layer('./workflows', './shared', 'workflow code does no I/O', WORKFLOW_SAFE),
            layer('./shared/*.ts', roomsFrom(0), 'files directly in shared/ may not import from its folders'),
            ...ordered('shared', ROOMS),
            ...ordered('activities', ACTIVITY_ROOMS),
            ...ordered('api', API_ROOMS),
            layer(
              './activities',
              ['./api', './worker', './workflows', './dev', './bench', './test'],
              'activities know only shared/',
            ),
            layer(
              './api',
              ['./worker', './activities', './workflows', './dev', './bench', './test'],
              'the API talks to workflows through shared/temporal/messages.ts',
            ),
            layer('./api/web', './api', 'the page is a client of the API', ['./web']),
            layer(
              './worker',
              ['./api', './dev', './bench', './test'],
              'the worker knows only activities, workflows and shared/',
            ),
            layer('./dev', ['./bench', './test'], 'benchmarks and tests use dev, not the other way around'),
            layer('./bench', ['./test'], 'tests use bench, not the other way around'),
          ],
        },
      ],
    },
  },
  {
    files: ['{activities,api,bench,dev,shared,worker,workflows}/**/*.{ts,tsx}'],
    rules: {
      'max-lines': ['error', 250],
      'max-lines-per-function': ['error', { max: 60, skipComments: true, skipBlankLines: true }],
    },
  },
  {
    // Types only: with an activity's code in its bundle, a workflow could do I/O.
    files: ['workflows/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['**/activities/*'],
              allowTypeImports: true,
              message: 'import activities with `import type` only',
            },
            { group: ['node:*', 'pg', '@aws-sdk/*'], message: 'workflow code is deterministic: no I/O' },
          ],
        },
      ],
    },
  },
  {
    // The page runs in a browser, so it may import only the types of the service's responses.
    files: ['api/web/**/*.{ts,tsx}'],
    // React's rules for hooks also apply to Preact's. The plugin's other rules are for React's compiler.
    plugins: { 'react-hooks': reactHooks },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['**/shared/**'], allowTypeImports: true, message: 'import the contract with `import type` only' },
            { group: ['node:*'], message: 'the page has no Node.js' },
          ],
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines': ['error', 250],
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-floating-promises': 'error',
    },
  },
  {
    // These have to run on an old Node.js, because they install a newer one.
    files: ['dev/{run,install,node,npm}.mjs'],
    languageOptions: { ecmaVersion: 2022 },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
      },
    },
  },
);
