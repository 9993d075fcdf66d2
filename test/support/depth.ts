const asked = process.env.EXPORT_TESTS;

/** `npm run test:long` leaves nothing out: every combination, and many more random cases. */
export const LONG = asked === 'long';

/**
 * What CI runs (`npm run test:deep`). `npm test` by itself keeps each promise once, in minutes, for whoever waits for it
 * beside an editor; here it is kept for each format, lane, step and program that could break it.
 */
export const DEEP = LONG || asked === 'deep';

/** `npm run test:compose` alone: the image and the compose file, on a Docker Engine. */
export const COMPOSE = asked === 'compose';

// Looked up when they are called: a parallel run of mocha has others for each file, and a module is loaded once.

/** `it`, of a test that a quick run leaves out. */
export function deeply(title: string, work: (this: Mocha.Context) => unknown): void {
  if (DEEP) it(title, work);
}

/** `describe`, of tests that a quick run leaves out, with what they would start. */
export function describeDeeply(title: string, suite: (this: Mocha.Suite) => void): void {
  if (DEEP) describe(title, suite);
}
