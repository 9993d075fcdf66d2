import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import { importX } from 'eslint-plugin-import-x';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** A layer may import only from the layers below it; `types` ones only as `import type`. */
const layer = (target, from, message) => ({ target, from, message });

export default defineConfig(
  { ignores: ['dist/', '.local/', 'node_modules/'] },
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
            layer('./workflows', ['./shared/infrastructure'], 'workflow code does no I/O'),
            layer(
              './activities',
              ['./api', './worker', './dev', './bench', './test'],
              'activities know only shared/ and workflow messages',
            ),
            layer(
              './api',
              ['./worker', './activities', './dev', './bench', './test'],
              'the API talks to workflows through their messages',
            ),
            { ...layer('./api/web', './api', 'the page is a client of the API'), except: ['./web'] },
            layer('./api/web', ['./workflows', './shared/infrastructure'], 'the page knows the contract'),
            layer('./worker', ['./api', './dev', './bench', './test'], 'the worker wires activities'),
            layer('./dev', ['./test'], 'tests use dev, not the other way round'),
          ],
        },
      ],
    },
  },
  {
    // A workflow bundle with an activity's code in it is a workflow that can do I/O: types only.
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
    // The page runs in a browser: of the service it may know what its answers look like, and nothing more.
    files: ['api/web/**/*.{ts,tsx}'],
    // Preact's hooks have React's rules. The plugin's others are for React's compiler.
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
    rules: { '@typescript-eslint/no-unused-expressions': 'off', '@typescript-eslint/no-floating-promises': 'error' },
  },
  {
    // These have to run on an old Node.js, which they replace.
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
