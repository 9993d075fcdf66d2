import { viewOf } from './growing-buffer.js';

/**
 * Rows of COPY's binary format: the number of fields (2 bytes), and for each field its length (4 bytes, -1 for null)
 * and its bytes, all big-endian. https://www.postgresql.org/docs/18/sql-copy.html#SQL-COPY-FILE-FORMATS
 */

const COUNT_BYTES = 2;
export const LENGTH_BYTES = 4;

/** Positions of a batch's fields: few enough to stay in the CPU's cache together with the rows. */
const BATCH_FIELDS = 4096;
const BATCH_ROWS = 256;

/** A batch of rows, and where their fields begin. */
export class TupleBatch {
  readonly columns: number;
  /** The most rows of a batch. */
  readonly capacity: number;
  /** Row by row, the position of each field's first byte, or -1 for null. Its length is in the 4 bytes before. */
  readonly starts: Int32Array;
  /** The bytes that the positions refer to. */
  bytes: Buffer = NO_BYTES;
  view: DataView = NO_VIEW;
  /** Complete rows in the batch. */
  rows = 0;
  /** Position after the last complete row. */
  end = 0;

  constructor(columns: number) {
    this.columns = columns;
    this.capacity = Math.min(BATCH_ROWS, Math.max(1, Math.floor(BATCH_FIELDS / columns)));
    this.starts = new Int32Array(this.capacity * columns);
  }

  /** Sets the bytes that `split` reads. */
  use(bytes: Buffer): void {
    this.bytes = bytes;
    this.view = viewOf(bytes);
    this.end = 0;
  }

  /**
   * Finds the next rows, after the last ones.
   * @param mostRows at most the capacity
   * @param mostBytes the batch ends with the first row that reaches them
   */
  split(mostRows: number, mostBytes: number): void {
    const { columns, starts, view } = this;
    const size = view.byteLength;
    const stop = this.end + mostBytes;
    let rows = 0;
    let field = 0;
    let row = this.end;
    while (rows < mostRows && row < stop && row + COUNT_BYTES <= size) {
      if (view.getInt16(row) !== columns) throw wrongCount(view.getInt16(row), columns);
      let at = row + COUNT_BYTES;
      for (const last = field + columns; field < last; field++) {
        at += LENGTH_BYTES;
        if (at > size) break;
        const length = view.getInt32(at - LENGTH_BYTES);
        // All bits if it is null, else none: nulls are too irregular for the CPU to guess a branch.
        const isNull = length >> 31;
        starts[field] = at | isNull;
        at += length & ~isNull;
      }
      if (at > size) break;
      row = at;
      rows++;
    }
    this.rows = rows;
    this.end = row;
  }
}

const NO_BYTES = Buffer.alloc(0);
const NO_VIEW = viewOf(NO_BYTES);

const wrongCount = (fields: number, columns: number): RangeError =>
  new RangeError(`A row has ${fields} fields instead of ${columns}.`);

/** Thrown for a field whose length isn't that of its type: the column's type differs from the plan's. */
export const wrongLength = (length: number, expected: number): RangeError =>
  new RangeError(`A field has ${length} bytes instead of ${expected}.`);
