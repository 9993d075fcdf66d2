/** `npm run advisories`: checks for security advisories about the packages that the service ships with. */
import { resolve } from 'node:path';
import { readCommandLine } from '../shared/process/command-line.js';
import { runMain } from '../shared/process/process.js';
import { findProblems, readAdvisories } from './advisories/audit.js';
import { EXCEPTIONS } from './advisories/exceptions.js';
import { LOCAL_DIR } from './stack/stack.js';
import { StackError } from './stack/stack-error.js';

const USAGE = `npm run advisories

Asks npm's registry for advisories about the packages that the service ships with. Exits with code 1 if there is one
without an exception in dev/advisories/exceptions.ts. Reports the check as skipped if the registry doesn't respond.`;

async function main(): Promise<void> {
  readCommandLine(process.argv.slice(2), { usage: USAGE, options: {} });
  const advisories = await readAdvisories(resolve(LOCAL_DIR, '..'));
  if ('unanswered' in advisories) {
    console.log(`Advisories: SKIPPED, the registry doesn't respond: ${advisories.unanswered}`);
    return;
  }
  const problems = findProblems(advisories, EXCEPTIONS);
  if (problems.length > 0) throw new StackError(['Advisories:', ...problems].join('\n  '));
  console.log(`Advisories: none besides the ${EXCEPTIONS.length} exceptions in dev/advisories/exceptions.ts`);
}

await runMain(main, [StackError]);
