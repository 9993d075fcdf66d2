import type { Bounds, Order } from '../bounds.js';
import { Levels } from '../levels.js';
import type { GrowingBuffer } from '../growing-buffer.js';
import type { TupleBatch } from '../tuples.js';

/** `Encoding` in parquet.thrift. Levels always have RLE. */
export const ENCODINGS = { plain: 0, rle: 3, delta: 5, deltaLength: 6, dictionary: 8 } as const;
/** The encodings of values. */
export const VALUE_ENCODINGS = ['plain', 'delta', 'deltaLength', 'dictionary'] as const;
export type ValueEncoding = (typeof VALUE_ENCODINGS)[number];

/** Facts about a page, which its header and the indexes need. */
export interface PageFacts {
  readonly rows: number;
  readonly nulls: number;
  readonly encoding: ValueEncoding;
  /** Null if all rows are null, or if the values have no bounds. */
  readonly bounds: Bounds | null;
}

/** Limits for every column of a file. */
export interface ColumnLimits {
  /** The most rows of a page. */
  readonly pageRows: number;
  /** The most bytes of a bound. */
  readonly boundBytes: number;
  /** The most bytes of a dictionary. */
  readonly dictionaryBytes: number;
}

/** Entries of a row group's values, as bytes of a dictionary page. */
export interface DictionaryPage {
  readonly entries: number;
  /** In the encoding PLAIN. Valid until the next value is added. */
  readonly bytes: Buffer;
}

/**
 * Collects the values of one column until their page is full, and encodes them. Each kind of values has a class with a
 * loop of its own, which reads a batch of fields and makes no object per row.
 */
export abstract class Column {
  /** How its bounds compare. */
  abstract readonly order: Order;
  /** Values so far that Parquet can't hold, written as nulls. */
  lost = 0;
  /** Rows of the page. */
  protected rows = 0;
  protected readonly levels: Levels;

  constructor({ pageRows }: ColumnLimits) {
    this.levels = new Levels(pageRows);
  }

  /**
   * Adds the fields of a batch.
   * @param index of the column
   * @throws RangeError if a field's length isn't that of its type
   */
  abstract add(tuples: TupleBatch, index: number): void;

  protected abstract appendValues(page: GrowingBuffer): ValueEncoding;
  /** @returns null if the values have no bounds */
  protected abstract findBounds(): Bounds | null;
  /** Forgets the values of the page. */
  protected abstract clear(): void;

  /** Begins a row group. @param rows how many are expected */
  beginGroup(_rows: number): void {
    // Only dictionaries span pages.
  }

  /** The row group's dictionary; null if no page uses one. */
  dictionaryPage(): DictionaryPage | null {
    return null;
  }

  /** A value that Parquet can't hold. */
  protected lose(row: number): void {
    this.lost++;
    this.levels.setNull(row);
  }

  /** Appends the page's levels and values, and begins the next page. */
  endPage(page: GrowingBuffer): PageFacts {
    const { rows } = this;
    const { nulls } = this.levels;
    const bounds = this.findBounds();
    this.levels.appendTo(page, rows);
    const encoding = this.appendValues(page);
    this.clear();
    this.rows = 0;
    return { rows, nulls, encoding, bounds };
  }
}
