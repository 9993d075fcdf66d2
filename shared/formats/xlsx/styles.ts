import type { ShownColumn } from '../../datasets/shown-columns.js';
import type { NamedBytes } from '../encoding.js';
import { numberFormatCode } from '../number-text.js';
import { STYLES } from './cells.js';

/**
 * The workbook part with cell formats. SheetJS's free edition writes no fonts, and it gives our number formats ids from
 * Excel's built-in range, which DuckDB does not recognize as dates; so this part is written here, like the sheets.
 */

/** Lower ids are Excel's built-in number formats. */
const FIRST_NUMBER_FORMAT = 164;
/** Excel's built-in format for text. */
const TEXT_FORMAT = 49;
/** The formats of dates and times, in every workbook. */
const TIME_FORMATS = [
  ['timestamp', 'yyyy-mm-dd hh:mm:ss'],
  ['date', 'yyyy-mm-dd'],
  ['time', 'hh:mm:ss'],
  ['timestampMs', 'yyyy-mm-dd hh:mm:ss.000'],
  ['timeMs', 'hh:mm:ss.000'],
] as const satisfies readonly (readonly [keyof typeof STYLES, string])[];
/** Styles of numbers follow the default and those of `STYLES`. */
const FIRST_NUMBER_STYLE = 1 + Object.keys(STYLES).length;

const FONT = '<sz val="12"/><color theme="1"/><name val="Calibri"/><family val="2"/><scheme val="minor"/>';
const FONTS = [`<font>${FONT}</font>`, `<font><b/>${FONT}</font>`];
const BOLD = 1;

const cellFormat = (numberFormat: number, font = 0): string =>
  `<xf numFmtId="${numberFormat}" fontId="${font}" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"${font === 0 ? '' : ' applyFont="1"'}/>`;

const list = (tag: string, items: readonly string[]): string =>
  `<${tag} count="${items.length}">${items.join('')}</${tag}>`;

/** The formats of the columns' numbers, each once. */
const numberCodes = (columns: readonly ShownColumn[]): string[] => [
  ...new Set(columns.flatMap(({ number }) => (number === null ? [] : [numberFormatCode(number)]))),
];

/** The style of each column's numbers, for the `s` attribute of a cell; 0 is the default. */
export function numberStyles(columns: readonly ShownColumn[]): number[] {
  const codes = numberCodes(columns);
  return columns.map(({ number }) =>
    number === null ? 0 : FIRST_NUMBER_STYLE + codes.indexOf(numberFormatCode(number)),
  );
}

/** Ordered by the index in a cell's `s` attribute: the default, those of `STYLES`, then those of numbers. */
function cellFormats(numbers: number): string[] {
  const formats = [cellFormat(0)];
  formats[STYLES.heading] = cellFormat(TEXT_FORMAT, BOLD);
  for (const [index, [style]] of TIME_FORMATS.entries())
    formats[STYLES[style]] = cellFormat(FIRST_NUMBER_FORMAT + index);
  const first = FIRST_NUMBER_FORMAT + TIME_FORMATS.length;
  return [...formats, ...Array.from({ length: numbers }, (_, index) => cellFormat(first + index))];
}

export const STYLES_PART = 'xl/styles.xml';

export function stylesPart(columns: readonly ShownColumn[]): NamedBytes {
  const numbers = numberCodes(columns);
  const codes = [...TIME_FORMATS.map(([, code]) => code), ...numbers];
  const parts = [
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n',
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"',
    ' xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">',
    list(
      'numFmts',
      codes.map((code, index) => `<numFmt numFmtId="${FIRST_NUMBER_FORMAT + index}" formatCode="${code}"/>`),
    ),
    list('fonts', FONTS),
    list(
      'fills',
      ['none', 'gray125'].map((type) => `<fill><patternFill patternType="${type}"/></fill>`),
    ),
    list('borders', ['<border><left/><right/><top/><bottom/><diagonal/></border>']),
    list('cellStyleXfs', ['<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>']),
    list('cellXfs', cellFormats(numbers.length)),
    list('cellStyles', ['<cellStyle name="Normal" xfId="0" builtinId="0"/>']),
    '<dxfs count="0"/>',
    '<tableStyles count="0" defaultTableStyle="TableStyleMedium9" defaultPivotStyle="PivotStyleMedium4"/>',
    '</styleSheet>',
  ];
  return { name: STYLES_PART, bytes: Buffer.from(parts.join('')) };
}
