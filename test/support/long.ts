/** `npm run test:long` leaves nothing out: every combination, and many more random cases. */
export const LONG = process.env.EXPORT_TESTS === 'long';
