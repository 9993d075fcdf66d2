import { z } from 'zod';

function isTimezone(name: string): boolean {
  // Names only: "+01:00" in PostgreSQL (POSIX) means the opposite of what it means elsewhere.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export const timezone = z
  .string({ error: 'must be the name of a timezone, such as Europe/Berlin' })
  .refine(isTimezone, 'must be the name of a timezone, such as Europe/Berlin')
  .default('UTC')
  .describe('Timezone of the times in the file and of the days in filters');

export const compression = z
  .enum(['none', 'gzip'], { error: 'must be none or gzip' })
  .default('none')
  .describe('gzip: compress the file; its name ends in .gz');

export const paperSize = z
  .enum(['A4', 'letter'], { error: 'must be A4 or letter' })
  .default('A4')
  .describe('Paper size');

/** The description of `escape_formulas`. */
export const ESCAPE_FORMULAS = 'Prefix formula-like text with an apostrophe, also in headers';
