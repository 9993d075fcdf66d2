import { z } from 'zod';
import type { ComputedType } from '../../datasets/computed.js';
import type { RenderColumn, RenderedColumn } from '../../datasets/query.js';
import type { CutSegment, Encoding, SegmentToMove, RowLane, SegmentEncoder, WrittenSegment } from '../encoding.js';
import { NOTHING, passThrough } from '../pass-through.js';
import type { FormatOptions } from '../format-options.js';

/**
 * JSON as PostgreSQL's own `row_to_json` writes it: one object per row, numbers with every digit, times in ISO 8601.
 * Numbers that JSON doesn't have (NaN, Infinity) become text.
 */

const EXACT = new Set(['bigint', 'numeric']);

const onOneLine = (json: string): string => `translate(${json}, E'\\n\\r\\t', '   ')::json`;

function renderColumn({ bigint_as_text: asText }: FormatOptions) {
  return (quoted: string, { type }: RenderedColumn): string => {
    if (asText === true && EXACT.has(type)) return `${quoted}::text`;
    // A json column keeps the text that was stored, also within an array or a row. Its line breaks are always between
    // tokens, because JSON strings can't contain any.
    if (type === 'json') return onOneLine(`${quoted}::text`);
    if (type === 'other') return onOneLine(`to_json(${quoted})::text`);
    return quoted;
  };
}

/**
 * CSV of one column whose quote and delimiter can't occur in JSON, because COPY's text format would double backslashes.
 * `item.*`, because a bare `item` could be the name of a column.
 */
const copySql = (select: string): string =>
  `COPY (SELECT row_to_json(item.*) FROM (${select}) AS item) TO STDOUT (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')`;

const NOT_A_NUMBER = /[Ny]/;

/** Writes a computed value as `to_json` would. */
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
      // NaN and the infinities contain letters that no number has.
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
    const names = columns.map(({ key }, index) => `${index === 0 ? '{' : ','}${JSON.stringify(key)}:`);
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

/** Whether it has the first row of the file. */
const arrayPosition = z.object({ leads: z.boolean() });
type ArrayPosition = z.infer<typeof arrayPosition>;

/** Every row arrives with a leading comma; the first row of the file loses it. */
function createEncoder({ leads }: ArrayPosition): SegmentEncoder {
  if (!leads) return passThrough;
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

const positions = (_: unknown, segments: readonly CutSegment[]): ArrayPosition[] =>
  segments.map((_segment, index) => ({ leads: index === 0 }));

/**
 * If rows were inserted or deleted after the plan, the first segment with rows must be the one without the leading
 * comma.
 */
function segmentsToMove(segments: readonly WrittenSegment<ArrayPosition>[]): SegmentToMove<ArrayPosition>[] {
  const filled = segments.filter(({ rows }) => rows > 0);
  return filled.flatMap(({ segment, position }, index) => {
    const leads = index === 0;
    return position.own.leads === leads ? [] : [{ segment, position: { ...position, own: { leads } } }];
  });
}

const rendered = { encoderVersion: 2, renderColumn, copySql };

export const jsonEncoding: Encoding<null, ArrayPosition> = {
  ...rendered,
  rowLead: ',',
  rows: rowLane(','),
  head: () => Buffer.from('['),
  positions,
  positionSchema: arrayPosition,
  createEncoder,
  segmentsToMove,
  tail: () => Buffer.from(']\n'),
};

/** One object per line. */
export const ndjsonEncoding: Encoding = {
  ...rendered,
  rows: rowLane(''),
  head: () => NOTHING,
  createEncoder: () => passThrough,
  tail: () => NOTHING,
};
