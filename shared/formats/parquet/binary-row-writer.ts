import type { RenderedColumn } from '../../datasets/query.js';
import type { RowLane, RowWriter } from '../encoding.js';
import { TupleBuffer } from './binary-row-buffer.js';
import { fieldFormat, renderField, type FieldFormat } from './binary-row-fields.js';
import { writeNumeric } from './binary-row-numeric.js';
import { writeDate, writeTime, writeTimestamp } from './binary-row-times.js';

/** Writes the field of a value that isn't null, from the text that PostgreSQL or a computed column made of it. */
type FieldWriter = (text: string, out: TupleBuffer) => void;

/** Numbers of up to this many digits are safe integers. */
const SAFE_DIGITS = 15;

const WRITERS: Readonly<Record<FieldFormat, FieldWriter>> = {
  bool(text, out) {
    out.int32(1);
    out.int8(text === 't' ? 1 : 0);
  },
  int2(text, out) {
    out.int32(2);
    out.int16(Number(text));
  },
  int4(text, out) {
    out.int32(4);
    out.int32(Number(text));
  },
  int8(text, out) {
    out.int32(8);
    if (text.length <= SAFE_DIGITS) out.int64(Number(text));
    else out.bigInt64(BigInt(text));
  },
  float4(text, out) {
    out.int32(4);
    out.float(Number(text));
  },
  float8(text, out) {
    out.int32(8);
    out.double(Number(text));
  },
  uuid(text, out) {
    out.int32(16);
    out.hex(text.replaceAll('-', ''));
  },
  text(text, out) {
    out.text(text);
  },
  numeric: writeNumeric,
  date: writeDate,
  time: writeTime,
  timestamp: writeTimestamp,
};

/**
 * Renders a column for the row lane. The text of a real has just enough digits to identify it among all reals, but
 * parsed as a JavaScript number, it may round to another real: 7.038531e-26 does. Its double precision text is exact.
 */
const renderForText = (quoted: string, column: RenderedColumn): string =>
  column.type === 'real' ? `${quoted}::double precision` : renderField(quoted, column);

/** Makes the tuples that COPY sends from texts. */
function createTupleWriter(columns: readonly RenderedColumn[]): RowWriter {
  const writers = columns.map((column) => WRITERS[fieldFormat(column)]);
  const out = new TupleBuffer();
  return (rows) => {
    out.clear();
    for (const row of rows) {
      out.int16(writers.length);
      let index = 0;
      for (const write of writers) {
        const text = row[index++] ?? null;
        if (text === null) out.int32(-1);
        else write(text, out);
      }
    }
    return out.bytes;
  };
}

/** The row lane of a format that reads COPY's binary format. */
export const tupleRowLane: RowLane = {
  renderColumn: () => renderForText,
  renderValue: () => (text) => text,
  createWriter: createTupleWriter,
};
