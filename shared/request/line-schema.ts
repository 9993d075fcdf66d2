import { z } from 'zod';
import { isOneLine, turnsText } from '../text/one-line.js';

/** Text of one line that people can see. @param most UTF-16 units */
export const lineSchema = (most: number) =>
  z
    .string({ error: ({ input }) => (input === undefined ? 'is required' : 'must be text') })
    .max(most, `must be at most ${most} characters`)
    .refine((text) => text.trim() !== '', 'must not be empty')
    .refine(isOneLine, 'must be one line without control characters')
    .refine((text) => !turnsText(text), 'must not contain characters that change the direction of text, such as U+202E')
    .meta({ minLength: 1 });

/** The name of an export. */
export const exportName = lineSchema(100);
