import Papa from 'papaparse';
import type { Texts } from '../../datasets/compute.js';
import type { CsvOptions } from './options.js';

/**
 * Writes lines of CSV with Papa Parse, byte for byte as COPY would. COPY quotes text that contains the delimiter, a
 * quote or a line end, and text that equals the null text. Papa Parse also quotes text that starts or ends with a space
 * or contains a byte-order mark, so a stand-in hides these from it. Stand-ins start with NUL, which PostgreSQL's text
 * never contains.
 */

const BOM = '\ufeff';
const SPACE_STAND_IN = '\0s';
const BOM_STAND_IN = '\0b';

const show = (lines: string): string => lines.replaceAll(SPACE_STAND_IN, ' ').replaceAll(BOM_STAND_IN, BOM);

/** Converts rows to their lines, with a line feed between lines. */
type WriteLines = (rows: readonly Texts[]) => string;

/** @param columns number of columns in each row */
export function createLineWriter(
  columns: number,
  { delimiter, null_text: nullText, quoting }: Pick<CsvOptions, 'delimiter' | 'null_text' | 'quoting'>,
): WriteLines {
  const hidesSpaces = delimiter !== ' ';
  const isHidden = (text: string): boolean =>
    (hidesSpaces && (text.startsWith(' ') || text.endsWith(' '))) || text.includes(BOM);
  const hide = (text: string): string =>
    (hidesSpaces ? text.replace(/^ | $/g, SPACE_STAND_IN) : text).replaceAll(BOM, BOM_STAND_IN);

  const likeNull = hide(nullText);
  /** Null as Papa Parse sees it. It differs from a string with the same characters, which is quoted. */
  const asNull = nullText === '' ? null : { toString: () => likeNull };
  // COPY's end marker is quoted if it is alone on its line: psql and older servers would take it for the end of the
  // file.
  const isEndMarker = (value: unknown): boolean => columns === 1 && value === '\\.';
  const quotes = (value: unknown): boolean =>
    quoting === 'all' ? value !== asNull : value === likeNull || isEndMarker(value);
  const dialect: Papa.UnparseConfig = { delimiter, newline: '\n', quotes };

  return (rows) => {
    let hides = likeNull !== nullText;
    const cell = (text: string | null): unknown => {
      if (text === null) return asNull;
      if (!isHidden(text)) return text;
      hides = true;
      return hide(text);
    };
    const lines = Papa.unparse(
      rows.map((row) => row.map(cell)),
      dialect,
    );
    return hides ? show(lines) : lines;
  };
}
