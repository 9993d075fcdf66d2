const asked = process.env.EXPORT_TESTS;

/** `npm run test:long` runs everything: every combination, and many more random cases. */
export const LONG = asked === 'long';

/**
 * Set in CI (`npm run test:deep`). `npm test` checks each promise once, in a few minutes of local development; deep
 * tests check it for each format, lane, step and program that could break it.
 */
export const DEEP = LONG || asked === 'deep';

/** Set by `npm run test:compose`, which tests only the image and the compose file, on a Docker Engine. */
export const COMPOSE = asked === 'compose';

// `it` and `describe` are looked up on each call: in parallel runs, mocha replaces them for each file, but a module is
// loaded only once.

/** `it` for tests that quick runs skip. */
export function deeply(title: string, work: (this: Mocha.Context) => unknown): void {
  if (DEEP) it(title, work);
}

/** `describe` for tests that quick runs skip, including their setup. */
export function describeDeeply(title: string, suite: (this: Mocha.Suite) => void): void {
  if (DEEP) describe(title, suite);
}

/** Replaces `it` or `deeply` where a test isn't needed. */
export const unneeded = (_title: string, _work: (this: Mocha.Context) => unknown): void => undefined;
