/**
 * `npm test`: runs every test against real services and, in parallel, checks types, lint, format and unused code; ends
 * with one line of counts. `npm test -- ARGUMENTS` passes them to mocha and runs only that: `npm test --
 * test/dev/inbox.test.ts -g twice`.
 */
import { runChecks } from './test/checks.js';
import { runMocha } from './test/mocha.js';

const TESTS_ONLY = '--tests-only';
const USAGE = `npm test [-- ${TESTS_ONLY} | MOCHA ARGUMENTS]

Without arguments, runs every test on real services and, in parallel, checks types, lint, format and unused code.
${TESTS_ONLY} skips these checks. Arguments for mocha run only the tests that they select:
  npm test -- test/dev/inbox.test.ts -g twice

npm run test:deep and npm run test:long run more tests.`;

const [first, ...others] = process.argv.slice(2);
const testsOnly = first === TESTS_ONLY;
const mochaArguments = first === undefined || testsOnly ? others : [first, ...others];
if (mochaArguments.includes('--help') || mochaArguments.includes('-h')) {
  console.log(`Usage: ${USAGE}`);
  process.exit();
}

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    interrupt.abort();
  });
}
const { signal } = interrupt;

const isWhole = mochaArguments.length === 0 && !testsOnly;
const [checks, tests] = await Promise.all([isWhole ? runChecks(signal) : [], runMocha(mochaArguments, signal)]);

const failedChecks = checks.filter(({ ok }) => !ok);
// Printed last, because their output would get lost among a thousand tests.
for (const { title, output } of failedChecks) console.log(`\n✗ ${title}\n${output}`);
const passed = checks.length - failedChecks.length + tests.passed;
const failed = failedChecks.length + tests.failed;
console.log(`${passed} passed, ${failed} failed, ${tests.skipped} skipped`);
process.exitCode = signal.aborted ? 130 : failed > 0 ? 1 : 0;
