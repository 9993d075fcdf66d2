/**
 * Mutation testing of the pure core: mutation.test.ts runs this for one module at a time, with the tests that must
 * detect its mutations.
 */
export default {
  plugins: ['./test/mutation/mocha-runner.ts'],
  testRunner: 'mocha',
  testRunnerNodeArgs: ['--import=./dev/typescript.mjs', '--no-experimental-require-module'],
  coverageAnalysis: 'perTest',
  // Constants make up most of the code.
  warnings: { slow: false },
  concurrency: 2,
  // Mutants run on a busy machine for many minutes.
  timeoutMS: 20_000,
  reporters: ['json'],
  jsonReporter: { fileName: '.local/mutation.json' },
  allowConsoleColors: false,
  logLevel: 'warn',
  tempDirName: '.local/stryker',
  ignorePatterns: ['/.local', '/bench', '/dist', '/ops', '/test/workflows/histories'],
};
