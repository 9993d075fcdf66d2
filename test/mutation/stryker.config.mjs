/**
 * Mutation testing of the pure core: mutation.test.ts runs this for one module at a time, with the tests that must
 * detect its mutations.
 */
export default {
  plugins: ['./test/mutation/mocha-runner.ts'],
  testRunner: 'mocha',
  testRunnerNodeArgs: ['--import=./dev/typescript.mjs', '--no-experimental-require-module'],
  coverageAnalysis: 'perTest',
  // Mutants of constants are slow, but most of the code is constants, so the warning doesn't help.
  warnings: { slow: false },
  concurrency: 2,
  // Long, because the machine is busy during the run, and a slow test is not a detected mutant.
  timeoutMS: 20_000,
  reporters: ['json'],
  jsonReporter: { fileName: '.local/mutation.json' },
  allowConsoleColors: false,
  logLevel: 'warn',
  tempDirName: '.local/stryker',
  ignorePatterns: ['/.local', '/bench', '/dist', '/ops', '/test/workflows/histories'],
};
