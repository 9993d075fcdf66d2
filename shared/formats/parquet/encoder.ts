import type { Emit, RowBytes, SegmentEncoder, SegmentSummary } from '../encoding.js';
import { createColumn } from './columns/create-column.js';
import type { Codec } from './compress.js';
import { CutTuple } from './cut-tuple.js';
import { columnLimits, MOST_GROUP_BYTES, PAGE_BYTES } from './limits.js';
import type { ParquetPosition } from './positions.js';
import { RowGroup } from './row-group.js';
import { SummaryWriter } from './summary.js';
import { TupleBatch } from './tuples.js';
import type { Column } from './columns/column.js';
import type { ParquetType } from './types.js';

/**
 * Encodes the rows of a segment, tuples of COPY's binary format, into row groups. Where rows are cut into chunks
 * changes nothing: pages and row groups end by numbers of rows, and by bytes of rows and of pages.
 */
export class ParquetEncoder implements SegmentEncoder {
  readonly #position: ParquetPosition;
  readonly #tuples: TupleBatch;
  readonly #cut: CutTuple;
  readonly #columns: readonly Column[];
  readonly #group: RowGroup;
  readonly #summary: SummaryWriter;
  readonly #maxPageRows: number;
  /** Rows that have been announced and decoded. */
  #announced = 0;
  #decoded = 0;
  #pageRows = 0;
  /** Bytes of the page's rows as COPY sends them. */
  #pageBytes = 0;
  #groupRows = 0;
  #groups = 0;

  constructor(types: readonly ParquetType[], codec: Codec, position: ParquetPosition) {
    const limits = columnLimits(types.length);
    this.#position = position;
    this.#tuples = new TupleBatch(types.length);
    this.#cut = new CutTuple(types.length);
    this.#columns = types.map((type) => createColumn(type, limits));
    this.#group = new RowGroup(this.#columns, codec);
    this.#summary = new SummaryWriter(position.hasPageIndex);
    this.#maxPageRows = limits.pageRows;
  }

  async write({ bytes, rows }: RowBytes, emit: Emit): Promise<void> {
    this.#announced += rows;
    let from = 0;
    if (this.#cut.isOpen) {
      from = this.#cut.add(bytes);
      const row = this.#cut.take();
      if (row === null) return;
      await this.#addAll(row, emit);
    }
    const end = from + (await this.#addAll(bytes.subarray(from), emit));
    this.#cut.add(bytes.subarray(end));
  }

  /** Emits the last row group. @throws RangeError if not all rows were complete */
  async end(emit: Emit): Promise<SegmentSummary> {
    if (this.#decoded !== this.#announced) {
      throw new RangeError(`Only ${this.#decoded} of ${this.#announced} rows are complete.`);
    }
    if (this.#pageRows > 0) await this.#endPage(emit);
    if (this.#groupRows > 0) await this.#endGroup(emit);
    const lost = this.#columns.reduce((sum, column) => sum + column.lost, 0);
    return { groups: this.#summary.end(), lost };
  }

  /** Adds all complete rows. @returns how many bytes they have */
  async #addAll(bytes: Buffer, emit: Emit): Promise<number> {
    const tuples = this.#tuples;
    tuples.use(bytes);
    for (;;) {
      if (this.#groupRows === 0 && this.#pageRows === 0) this.#group.begin(this.#mostGroupRows());
      const room = Math.min(this.#maxPageRows, this.#mostGroupRows() - this.#groupRows) - this.#pageRows;
      const start = tuples.end;
      tuples.split(Math.min(tuples.capacity, room), PAGE_BYTES - this.#pageBytes);
      if (tuples.rows === 0) return start;
      for (let index = 0; index < this.#columns.length; index++) this.#columns[index]?.add(tuples, index);
      this.#decoded += tuples.rows;
      this.#pageRows += tuples.rows;
      this.#pageBytes += tuples.end - start;
      if (tuples.rows === room || this.#pageBytes >= PAGE_BYTES) await this.#endPage(emit);
    }
  }

  #mostGroupRows(): number {
    const { groups, groupRows, lastRows } = this.#position;
    return this.#groups === groups - 1 ? lastRows : groupRows;
  }

  async #endPage(emit: Emit): Promise<void> {
    await this.#group.endPages(this.#pageRows);
    this.#groupRows += this.#pageRows;
    this.#pageRows = 0;
    this.#pageBytes = 0;
    const isFull = this.#groupRows === this.#mostGroupRows() || this.#group.bytes >= MOST_GROUP_BYTES;
    if (isFull) await this.#endGroup(emit);
  }

  async #endGroup(emit: Emit): Promise<void> {
    this.#summary.add(await this.#group.end(emit));
    this.#groups += 1;
    this.#groupRows = 0;
  }
}
