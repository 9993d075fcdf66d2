import { z } from 'zod';
import { UNSTORABLE, isStorable } from '../../text/storable-text.js';
import { compression, ESCAPE_FORMULAS, timezone } from '../common-options.js';
import type { FormatOptions } from '../format-options.js';
import { FormulaEncoder } from '../formulas/encoder.js';
import { escapeStart } from '../formulas/escape.js';

/** CSV options. `preset` sets several at once; options given with it take precedence. */

const ONE_CHARACTER = 'must be a single character other than a letter, a digit or a quote';
const flag = (what: string) => z.boolean({ error: 'must be true or false' }).optional().describe(what);
const one = <const Values extends readonly [string, ...string[]]>(values: Values, what: string) =>
  z
    .enum(values, { error: `must be one of ${values.join(', ')}` })
    .optional()
    .describe(what);

export const DATE_FORMATS = {
  /** As PostgreSQL writes them, `2026-01-31 13:45:00.123456+01`. */
  postgres: null,
  iso8601: { date: 'YYYY-MM-DD', time: '"T"HH24:MI:SS.US', offset: 'TZH:TZM' },
  /** The notation that spreadsheets recognize in every locale, without the offset. */
  plain: { date: 'YYYY-MM-DD', time: ' HH24:MI:SS', offset: '' },
  'dd.mm.yyyy': { date: 'DD.MM.YYYY', time: ' HH24:MI:SS', offset: '' },
  'dd/mm/yyyy': { date: 'DD/MM/YYYY', time: ' HH24:MI:SS', offset: '' },
  'mm/dd/yyyy': { date: 'MM/DD/YYYY', time: ' HH24:MI:SS', offset: '' },
} as const;
type DateFormat = keyof typeof DATE_FORMATS;
const DATE_FORMAT_NAMES = Object.keys(DATE_FORMATS) as [DateFormat, ...DateFormat[]];

const given = z.strictObject({
  timezone,
  compression,
  preset: z
    .enum(['none', 'excel'], { error: 'must be none or excel' })
    .default('none')
    .describe(
      'excel: for Excel in countries with a decimal comma: semicolons, labels, byte-order mark, CRLF, decimal comma, plain times',
    ),
  delimiter: z
    .string({ error: ONE_CHARACTER })
    .regex(/^[\t -!#-/:-@[-`{-~]$/, ONE_CHARACTER)
    .optional()
    .describe('The character between fields; default ","'),
  header: z
    .union([z.boolean(), z.literal('labels')], { error: 'must be true, false or labels' })
    .optional()
    .describe('Header row: column names, none, or labels; default true'),
  bom: flag('Add a byte-order mark so Excel detects UTF-8; default false'),
  newline: one(['lf', 'crlf'], 'Line ending; default lf'),
  null_text: z
    .string({ error: 'must be text' })
    .max(20, 'must be at most 20 characters')
    .regex(/^[^"\r\n\0]*$/, 'must not contain quotes or line breaks')
    .refine(isStorable, UNSTORABLE)
    .refine((text) => text !== '\\.', 'must not be \\., which PostgreSQL reads as the end of a file')
    .optional()
    .describe('Text for null values, unquoted; equal text is quoted. Default: empty'),
  quoting: one(['minimal', 'all'], 'Quote only where needed, or everything but null; default minimal'),
  decimal_comma: flag('Use a decimal comma; default false'),
  date_format: one(DATE_FORMAT_NAMES, 'Format of dates and times; default postgres'),
  escape_formulas: flag(`${ESCAPE_FORMULAS}; default true`),
});

type Given = Omit<z.output<typeof given>, 'timezone' | 'compression' | 'preset'>;
/** All options, with values from the request, the preset or the defaults. */
type Dialect = { readonly [Name in keyof Given]-?: NonNullable<Given[Name]> };

const DEFAULTS: Dialect = {
  delimiter: ',',
  header: true,
  bom: false,
  newline: 'lf',
  null_text: '',
  quoting: 'minimal',
  decimal_comma: false,
  date_format: 'postgres',
  escape_formulas: true,
};

const PRESETS: Readonly<Record<'none' | 'excel', Partial<Dialect>>> = {
  none: {},
  /** For opening with a double click in locales with a decimal comma, whose list separator is a semicolon. */
  excel: { delimiter: ';', header: 'labels', bom: true, newline: 'crlf', decimal_comma: true, date_format: 'plain' },
};

/** Delimiters that would start a formula, or undo the apostrophe that prevents one. */
const OF_FORMULAS = "=+-@'";
const UNLESS_PLAIN = 'unless escape_formulas is false';

export const csvOptions = given
  .transform(({ preset, ...options }) => {
    const named = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    return { ...DEFAULTS, ...PRESETS[preset], ...named } as typeof DEFAULTS & Required<typeof options>;
  })
  .superRefine(({ delimiter, null_text: nullText, escape_formulas: escape }, context) => {
    const refuse = (option: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [option], message });
    };
    if (nullText.includes(delimiter)) refuse('null_text', 'must not contain the delimiter');
    if (!escape) return;
    if (OF_FORMULAS.includes(delimiter)) refuse('delimiter', `must not be =, +, -, @ or ' ${UNLESS_PLAIN}`);
    const escaped = FormulaEncoder.escape(escapeStart(nullText), { delimiter, quotes: true });
    if (escaped !== nullText)
      refuse('null_text', `must not be text that a spreadsheet runs as a formula ${UNLESS_PLAIN}`);
  });

export type CsvOptions = z.output<typeof csvOptions>;

/** Parses a job's stored options, which may be older than some of these options. */
export const csvSettings = (options: FormatOptions): CsvOptions =>
  ({ ...DEFAULTS, ...(options as Partial<CsvOptions>) }) as CsvOptions;
