import { STYLES } from './cells.js';

/**
 * The workbook part with cell formats. SheetJS's free edition writes no fonts, and it gives our number formats ids from
 * Excel's built-in range, which DuckDB does not recognize as dates; so this part is written here, like the sheets.
 */

/** Lower ids are Excel's built-in number formats. */
const FIRST_NUMBER_FORMAT = 164;
/** Excel's built-in format for text. */
const TEXT_FORMAT = 49;
/** Our number formats, and the styles that use them. */
const NUMBER_FORMATS: readonly { readonly code: string; readonly style?: keyof typeof STYLES }[] = [
  // Unused. Removing it would change the bytes of every workbook, which needs a new `encoderVersion`.
  { code: '&quot;上午/下午 &quot;hh&quot;時&quot;mm&quot;分&quot;ss&quot;秒 &quot;' },
  { code: 'yyyy-mm-dd hh:mm:ss', style: 'timestamp' },
  { code: 'yyyy-mm-dd', style: 'date' },
  { code: 'hh:mm:ss', style: 'time' },
  { code: 'yyyy-mm-dd hh:mm:ss.000', style: 'timestampMs' },
  { code: 'hh:mm:ss.000', style: 'timeMs' },
];

const FONT = '<sz val="12"/><color theme="1"/><name val="Calibri"/><family val="2"/><scheme val="minor"/>';
const FONTS = [`<font>${FONT}</font>`, `<font><b/>${FONT}</font>`];
const BOLD = 1;

const cellFormat = (numberFormat: number, font = 0): string =>
  `<xf numFmtId="${numberFormat}" fontId="${font}" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"${font === 0 ? '' : ' applyFont="1"'}/>`;

/** Ordered by the index in a cell's `s` attribute: the default, then those of `STYLES`. */
const cellFormats: string[] = [cellFormat(0)];
cellFormats[STYLES.heading] = cellFormat(TEXT_FORMAT, BOLD);
for (const [index, { style }] of NUMBER_FORMATS.entries()) {
  if (style !== undefined) cellFormats[STYLES[style]] = cellFormat(FIRST_NUMBER_FORMAT + index);
}

const list = (tag: string, items: readonly string[]): string =>
  `<${tag} count="${items.length}">${items.join('')}</${tag}>`;

export const STYLES_PART = {
  name: 'xl/styles.xml',
  bytes: Buffer.from(
    [
      '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n',
      '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"',
      ' xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">',
      list(
        'numFmts',
        NUMBER_FORMATS.map(
          ({ code }, index) => `<numFmt numFmtId="${FIRST_NUMBER_FORMAT + index}" formatCode="${code}"/>`,
        ),
      ),
      list('fonts', FONTS),
      list(
        'fills',
        ['none', 'gray125'].map((type) => `<fill><patternFill patternType="${type}"/></fill>`),
      ),
      list('borders', ['<border><left/><right/><top/><bottom/><diagonal/></border>']),
      list('cellStyleXfs', ['<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>']),
      list('cellXfs', cellFormats),
      list('cellStyles', ['<cellStyle name="Normal" xfId="0" builtinId="0"/>']),
      '<dxfs count="0"/>',
      '<tableStyles count="0" defaultTableStyle="TableStyleMedium9" defaultPivotStyle="PivotStyleMedium4"/>',
      '</styleSheet>',
    ].join(''),
  ),
};
