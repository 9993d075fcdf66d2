import Papa from 'papaparse';
import type { Texts } from '../../datasets/compute.js';
import type { CsvOptions } from './options.js';

/**
 * Lines of CSV, written by Papa Parse, byte for byte as COPY writes them. COPY quotes text that holds the delimiter, a
 * quote or a line end, and text that equals null's. Papa Parse also quotes text that begins or ends with a space or
 * holds a byte-order mark, so a stand-in hides these from it. PostgreSQL's texts have no NUL: stand-ins begin with one.
 */

const BOM = '\ufeff';
const SPACE_STAND_IN = '\0s';
const BOM_STAND_IN = '\0b';

const show = (lines: string): string => lines.replaceAll(SPACE_STAND_IN, ' ').replaceAll(BOM_STAND_IN, BOM);

/** Rows → their lines, with a line feed between any two. */
type WriteLines = (rows: readonly Texts[]) => string;

/** @param columns how many each row has */
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
  /** Null in what Papa Parse gets. It differs from text of the same characters, which is quoted. */
  const asNull = nullText === '' ? null : { toString: () => likeNull };
  // Alone on its line, COPY's end marker is quoted: psql and older servers would take it for the end of the file.
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
