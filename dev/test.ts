/**
 * `npm test`: types, lint, format, unused code, then every test on real services; ends with one line of counts.
 * `npm test -- ARGUMENTS` passes them to mocha and runs only that: `npm test -- test/dev/inbox.test.ts -g twice`.
 */
import { join } from 'node:path';
import { createProgress } from './stack/progress.js';
import { LOCAL_DIR } from './stack/stack.js';
import { runChecks } from './test/checks.js';
import { runMocha } from './test/mocha.js';

const USAGE = `npm test [-- MOCHA ARGUMENTS]

Without arguments: types, lint, format, unused code, then every test on real services. With, only what they name:
  npm test -- test/dev/inbox.test.ts -g twice

npm run test:deep and npm run test:long run more of each.`;

const mochaArguments = process.argv.slice(2);
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
const countsFile = join(LOCAL_DIR, `counts-${process.pid}.json`);

const checks = mochaArguments.length > 0 ? [] : await runChecks(createProgress(process.stdout), signal);
const tests = signal.aborted ? undefined : await runMocha(mochaArguments, countsFile, signal);

const passed = checks.filter((ok) => ok).length + (tests?.passed ?? 0);
const failed = checks.filter((ok) => !ok).length + (tests?.failed ?? 1);
console.log(`${passed} passed, ${failed} failed, ${tests?.skipped ?? 0} skipped`);
process.exitCode = signal.aborted ? 130 : failed > 0 ? 1 : 0;
