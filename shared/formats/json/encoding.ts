import type { ColumnDefinition } from '../../datasets/define-dataset.js';
import type { ComputedType } from '../../datasets/computed.js';
import type { RenderColumn } from '../../datasets/query.js';
import type {
  CutSegment,
  Encoding,
  Misplaced,
  RowLane,
  SegmentEncoder,
  SegmentPlace,
  WrittenSegment,
} from '../encoding.js';
import { NOTHING, passThrough } from '../pass-through.js';
import type { FormatOptions } from '../format-options.js';

/**
 * JSON as PostgreSQL's own `row_to_json` writes it: one object a row, numbers with every digit, times in ISO 8601,
 * null for null. What JSON has no number for (NaN, Infinity) is text.
 */

const EXACT = new Set(['bigint', 'numeric']);

const onOneLine = (json: string): string => `translate(${json}, E'\\n\\r\\t', '   ')::json`;

function renderColumn({ bigint_as_text: asText }: FormatOptions) {
  return (quoted: string, { type }: ColumnDefinition): string => {
    if (asText === true && EXACT.has(type)) return `${quoted}::text`;
    // A json column keeps its text as it was sent, also in an array or a row. Line ends in it can only be between
    // tokens: JSON has none in strings.
    if (type === 'json') return onOneLine(`${quoted}::text`);
    if (type === 'other') return onOneLine(`to_json(${quoted})::text`);
    return quoted;
  };
}

/**
 * As CSV of one column whose quote and delimiter cannot occur in JSON: COPY's text format would double backslashes.
 * The bare name would be that of a column, where there is one.
 */
const copySql = (select: string): string =>
  `COPY (SELECT row_to_json(item.*) FROM (${select}) AS item) TO STDOUT (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')`;

const NOT_A_NUMBER = /[Ny]/;

/** As `to_json` would write it. */
function jsonOf(text: string, type: ComputedType, asText: boolean): string {
  switch (type) {
    case 'text':
    case 'date':
      return JSON.stringify(text);
    case 'boolean':
      return text === 't' ? 'true' : 'false';
    case 'jsonb':
      return text;
    default:
      // NaN and the infinities have letters that no number has.
      return NOT_A_NUMBER.test(text) || (asText && EXACT.has(type)) ? `"${text}"` : text;
  }
}

const rowLane = (rowLead: string): RowLane => ({
  renderColumn(options): RenderColumn {
    const render = renderColumn(options);
    return (quoted, column) => `to_json(${render(quoted, column)})::text`;
  },
  renderValue:
    ({ bigint_as_text: asText }) =>
    (text, type) =>
      jsonOf(text, type, asText === true),
  createWriter(columns) {
    const names = columns.map((name, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`);
    return (rows) => {
      let lines = '';
      for (const row of rows) {
        lines += rowLead;
        let index = 0;
        for (const name of names) lines += name + (row[index++] ?? 'null');
        lines += '}\n';
      }
      return Buffer.from(lines);
    };
  },
});

/** Every row comes led by a comma; the first of the file loses it. */
function createEncoder({ leads }: SegmentPlace): SegmentEncoder {
  if (leads !== 1) return passThrough;
  let isFirst = true;
  return {
    ...passThrough,
    write({ bytes }, emit) {
      if (bytes.length === 0) return;
      const rest = isFirst ? bytes.subarray(1) : bytes;
      isFirst = false;
      return emit(rest);
    },
  };
}

const place = (_: unknown, segments: readonly CutSegment[]): { leads: number }[] =>
  segments.map((_segment, index) => ({ leads: index === 0 ? 1 : 0 }));

/** Rows may have gone, or come, since the plan: the first segment that has any must be the one that was made so. */
function misplaced(segments: readonly WrittenSegment[]): Misplaced[] {
  const filled = segments.filter(({ rows }) => rows > 0);
  return filled.flatMap(({ segment, place }, index) => {
    const leads = index === 0 ? 1 : 0;
    return place.leads === leads ? [] : [{ segment, place: { ...place, leads } }];
  });
}

const rendered = { encoderVersion: 2, renderColumn, copySql };

export const jsonEncoding: Encoding = {
  ...rendered,
  rowLead: ',',
  rows: rowLane(','),
  head: () => Buffer.from('['),
  place,
  createEncoder,
  misplaced,
  tail: () => Buffer.from(']\n'),
};

/** One object a line. */
export const ndjsonEncoding: Encoding = {
  ...rendered,
  rows: rowLane(''),
  head: () => NOTHING,
  createEncoder: () => passThrough,
  tail: () => NOTHING,
};
