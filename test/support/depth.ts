const asked = process.env.EXPORT_TESTS;

/** `npm run test:long` leaves nothing out: every combination, and many more random cases. */
export const LONG = asked === 'long';

/**
 * What CI runs (`npm run test:deep`). `npm test` by itself keeps each promise once, in minutes, for whoever waits for it
 * beside an editor; here it is kept for each format, lane, step and program that could break it.
 */
export const DEEP = LONG || asked === 'deep';

/** `it`, of a test that a quick run leaves out. */
export const deeply: (title: string, work: (this: Mocha.Context) => unknown) => unknown = DEEP ? it : () => undefined;

/** `describe`, of tests that a quick run leaves out, with what they would start. */
export const describeDeeply: (title: string, suite: (this: Mocha.Suite) => void) => unknown = DEEP
  ? describe
  : () => undefined;
