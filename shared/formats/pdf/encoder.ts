import { deflateSync } from 'node:zlib';
import { ServiceError } from '../../errors.js';
import { WholeRows } from '../copy-text.js';
import type { Emit, RowBytes, SegmentEncoder, SegmentSummary } from '../encoding.js';
import type { Faces } from './faces.js';
import type { PdfLayout } from './layout.js';
import { PageFrame } from './page-frame.js';
import { NEEDS_SHAPER, PageText } from './page-text.js';
import { FANOUT, nodeNumber, nodesOf, pageNumber, type PdfPosition } from './position.js';
import { packNumbers, packSet } from './varints.js';

/**
 * As fast as level 1, and smaller; level 6 takes more than twice as long for an eighth less. zlib's threads would take
 * three times as long for such small pieces.
 */
const COMPRESSION = { level: 2 };

/** Whole pages of one segment, each with an object for itself and one for its contents, then the nodes above them. */
export class PdfEncoder implements SegmentEncoder {
  readonly #position: PdfPosition;
  readonly #layout: PdfLayout;
  readonly #faces: Faces;
  readonly #text: PageText;
  readonly #frame: PageFrame;
  readonly #rows: WholeRows;
  #emit: Emit = () => undefined;

  #rowsOfPage = 0;
  #pages = 0;
  /** Bytes of each object, in file order. */
  readonly #sizes: number[] = [];

  constructor(position: PdfPosition, layout: PdfLayout, faces: Faces) {
    this.#position = position;
    this.#layout = layout;
    this.#faces = faces;
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
    if (this.#rowsOfPage > 0) await this.#emitPage();
    for (let node = 0; node < nodesOf(this.#pages); node++) await this.#emitObject(this.#node(node * FANOUT));
    const { missing, clipped, used, glyphs } = this.#text;
    return {
      pages: this.#pages,
      sizes: packNumbers(this.#sizes),
      used: packSet(used.codePoints()),
      glyphs: glyphs.pack(),
      ...{ missing, clipped },
    };
  }

  async #draw(rows: Buffer): Promise<void> {
    const { rowsPerPage } = this.#layout;
    for (let at = 0; at < rows.length;) {
      at = this.#text.addRow(rows, at);
      if (at === NEEDS_SHAPER) {
        await this.#faces.shaper.load();
        at = this.#text.resumeRow(rows);
      }
      this.#rowsOfPage += 1;
      if (this.#rowsOfPage === rowsPerPage) await this.#emitPage();
    }
  }

  async #emitPage(): Promise<void> {
    const page = this.#pages;
    const { firstPage, pages } = this.#position;
    if (page === pages) {
      throw new ServiceError('PLAN_OUTGROWN', `A segment has more rows than its ${pages} planned pages can hold.`);
    }
    const { operators } = this.#text;
    const contents = deflateSync(this.#frame.end(operators, this.#rowsOfPage, firstPage + page), COMPRESSION);
    this.#pages += 1;
    this.#rowsOfPage = 0;
    this.#text.begin();
    this.#frame.begin(operators);

    const number = pageNumber(this.#position, page);
    const parent = nodeNumber(this.#position, page);
    await this.#emitObject(
      Buffer.from(`${number} 0 obj<</Type/Page/Parent ${parent} 0 R/Contents ${number + 1} 0 R>>endobj\n`),
    );
    await this.#emitObject(
      Buffer.concat([
        Buffer.from(`${number + 1} 0 obj<</Length ${contents.length}/Filter/FlateDecode>>stream\n`),
        contents,
        Buffer.from('\nendstream endobj\n'),
      ]),
    );
  }

  /** The node above the pages, starting from this one. */
  #node(first: number): Buffer {
    const count = Math.min(FANOUT, this.#pages - first);
    const kids = Array.from({ length: count }, (_, index) => `${pageNumber(this.#position, first + index)} 0 R`);
    return Buffer.from(
      `${nodeNumber(this.#position, first)} 0 obj<</Type/Pages/Parent ${this.#position.base} 0 R/Count ${count}/Kids[${kids.join(' ')}]>>endobj\n`,
    );
  }

  async #emitObject(bytes: Buffer): Promise<void> {
    this.#sizes.push(bytes.length);
    await this.#emit(bytes);
  }
}
