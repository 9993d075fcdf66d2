import { z } from 'zod';
import { oneLine } from '../../text/one-line.js';
import { UNSTORABLE, isStorable } from '../../text/storable-text.js';
import { paperSize, timezone } from '../common-options.js';
import type { FormatOptions } from '../format-options.js';

const given = z.strictObject({
  timezone,
  title: z
    .string({ error: 'must be text' })
    .trim()
    .min(1, 'must not be empty')
    .max(120, 'must be at most 120 characters')
    .refine(isStorable, UNSTORABLE)
    .refine((title) => oneLine(title) !== '', 'must not be empty')
    .optional()
    .describe('Title on every page; default: the title your organization has set, or the title of the dataset'),
  orientation: z
    .enum(['auto', 'portrait', 'landscape'], { error: 'must be auto, portrait or landscape' })
    .default('auto')
    .describe('auto: landscape if the columns are too wide for portrait'),
  page_size: paperSize,
});

/** Omits options that were not set. */
export const pdfOptions = given.transform(({ title, ...options }) => ({
  ...options,
  ...(title === undefined ? {} : { title }),
}));

export type PdfOptions = z.output<typeof pdfOptions>;

/** Parses a job's stored options, which may be older than some of these options. */
export const pdfSettings = (options: FormatOptions): PdfOptions => pdfOptions.parse(options);
