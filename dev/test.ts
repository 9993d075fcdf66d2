/**
 * `npm test`: types, lint, format, unused code, then every test on real services; ends with one line of counts.
 * `npm test -- ARGUMENTS` passes them to mocha and runs only that: `npm test -- test/dev/inbox.test.ts -g twice`.
 */
import { join } from 'node:path';
import { createProgress } from './stack/progress.js';
import { LOCAL_DIR } from './stack/stack.js';
import { runChecks } from './test/checks.js';
import { runMocha } from './test/mocha.js';

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    interrupt.abort();
  });
}
const { signal } = interrupt;
const mochaArguments = process.argv.slice(2);
const countsFile = join(LOCAL_DIR, `counts-${process.pid}.json`);

const checks = mochaArguments.length > 0 ? [] : await runChecks(createProgress(process.stdout), signal);
const tests = signal.aborted ? undefined : await runMocha(mochaArguments, countsFile, signal);

const passed = checks.filter((ok) => ok).length + (tests?.passed ?? 0);
const failed = checks.filter((ok) => !ok).length + (tests?.failed ?? 1);
console.log(`${passed} passed, ${failed} failed, ${tests?.skipped ?? 0} skipped`);
process.exitCode = signal.aborted ? 130 : failed > 0 ? 1 : 0;
