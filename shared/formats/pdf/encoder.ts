import { promisify } from 'node:util';
import { deflate, type ZlibOptions } from 'node:zlib';
import { ServiceError } from '../../errors.js';
import { WholeRows } from '../copy-text.js';
import type { Emit, RowBytes, SegmentEncoder, SegmentSummary } from '../format.js';
import type { Faces } from './faces.js';
import type { PdfLayout } from './layout.js';
import { PageFrame } from './page-frame.js';
import { PageText } from './page-text.js';
import { FANOUT, nodeNumber, nodesOf, pageNumber, type PdfPlace } from './place.js';
import { packNumbers } from './varints.js';

const compress = promisify<Buffer, ZlibOptions, Buffer>(deflate);
/** The fastest: a better one takes three times as long for an eighth less. */
const LEVEL: ZlibOptions = { level: 1 };
/** Pages of one segment that zlib's threads work on at the same time. */
const AT_ONCE = 4;

/** Whole pages of one segment, each with an object of its own and one for its contents; then the nodes above them. */
export class PdfEncoder implements SegmentEncoder {
  readonly #place: PdfPlace;
  readonly #layout: PdfLayout;
  readonly #text: PageText;
  readonly #frame: PageFrame;
  readonly #rows: WholeRows;
  #emit: Emit = () => undefined;

  #rowsOfPage = 0;
  #pages = 0;
  /** Bytes of each object, in the order of the file. */
  readonly #sizes: number[] = [];
  readonly #running: { readonly page: number; readonly contents: Promise<Buffer> }[] = [];

  constructor(place: PdfPlace, layout: PdfLayout, faces: Faces) {
    this.#place = place;
    this.#layout = layout;
    this.#text = new PageText(layout, faces);
    this.#frame = new PageFrame(layout, faces);
    this.#rows = new WholeRows((rows) => this.#draw(rows));
    this.#frame.begin(this.#text.operators);
  }

  write(rows: RowBytes, emit: Emit): Promise<void> | void {
    this.#emit = emit;
    return this.#rows.add(rows);
  }

  async end(emit: Emit): Promise<SegmentSummary> {
    this.#emit = emit;
    if (this.#rowsOfPage > 0) this.#endPage();
    while (this.#running.length > 0) await this.#emitNext();
    for (let node = 0; node < nodesOf(this.#pages); node++) await this.#emitObject(this.#node(node * FANOUT));
    const { missing, clipped, used } = this.#text;
    return {
      pages: this.#pages,
      sizes: packNumbers(this.#sizes),
      used: packNumbers(used.blocks()),
      ...{ missing, clipped },
    };
  }

  async #draw(rows: Buffer): Promise<void> {
    const { rowsPerPage } = this.#layout;
    for (let at = 0; at < rows.length;) {
      at = this.#text.addRow(rows, at);
      this.#rowsOfPage += 1;
      if (this.#rowsOfPage < rowsPerPage) continue;
      this.#endPage();
      while (this.#running.length > AT_ONCE) await this.#emitNext();
    }
  }

  #endPage(): void {
    const page = this.#pages;
    const { firstPage, pages } = this.#place;
    if (page === pages) {
      throw new ServiceError(
        'PLAN_OUTGROWN',
        `A segment has more rows than the ${pages} pages that were planned for it.`,
      );
    }
    const { operators } = this.#text;
    const drawn = this.#frame.end(operators, this.#rowsOfPage, firstPage + page);
    // zlib's threads read it while the next page is drawn.
    const contents = compress(Buffer.from(drawn), LEVEL);
    // Whoever emits it hears of a failure.
    contents.catch(() => undefined);
    this.#running.push({ page, contents });
    this.#pages += 1;
    this.#rowsOfPage = 0;
    this.#text.begin();
    this.#frame.begin(operators);
  }

  async #emitNext(): Promise<void> {
    const next = this.#running.shift();
    if (next === undefined) return;
    const number = pageNumber(this.#place, next.page);
    const contents = await next.contents;
    await this.#emitObject(
      Buffer.from(
        `${number} 0 obj<</Type/Page/Parent ${nodeNumber(this.#place, next.page)} 0 R/Contents ${number + 1} 0 R>>endobj\n`,
      ),
    );
    await this.#emitObject(
      Buffer.concat([
        Buffer.from(`${number + 1} 0 obj<</Length ${contents.length}/Filter/FlateDecode>>stream\n`),
        contents,
        Buffer.from('\nendstream endobj\n'),
      ]),
    );
  }

  /** The node above the pages from this one. */
  #node(first: number): Buffer {
    const count = Math.min(FANOUT, this.#pages - first);
    const kids = Array.from({ length: count }, (_, index) => `${pageNumber(this.#place, first + index)} 0 R`);
    return Buffer.from(
      `${nodeNumber(this.#place, first)} 0 obj<</Type/Pages/Parent ${this.#place.base} 0 R/Count ${count}/Kids[${kids.join(' ')}]>>endobj\n`,
    );
  }

  async #emitObject(bytes: Buffer): Promise<void> {
    this.#sizes.push(bytes.length);
    await this.#emit(bytes);
  }
}
