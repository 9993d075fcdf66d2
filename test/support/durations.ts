/** Loaded by each of mocha's jobs (`require` in .mocharc.json): records how long each test file takes. */
import { appendFileSync } from 'node:fs';
import { DURATIONS_VARIABLE, type DurationLine } from '../../dev/test/durations.js';

/** A job gets its next file immediately, so a file's time, including loading, starts when the previous file ends. */
let begunAt = performance.now();

// In a parallel run, mocha calls these hooks once per file.
export const mochaHooks = {
  afterAll(this: Mocha.Context): void {
    const lines = process.env[DURATIONS_VARIABLE];
    const file = this.test?.parent?.suites[0]?.file;
    const now = performance.now();
    if (lines !== undefined && file !== undefined) {
      appendFileSync(lines, `${JSON.stringify({ file, ms: now - begunAt } satisfies DurationLine)}\n`);
    }
    begunAt = now;
  },
};
