import type { PDFRef } from 'pdf-lib';
import { textIn, numberIn } from '../sums.js';
import type { FileOutline, WrittenSegment } from '../encoding.js';
import { codePointsOf, UsedCharacters } from './codes.js';
import { drawnBy, putFonts } from './font-objects.js';
import type { PdfLayout } from './layout.js';
import { fileId, LANGUAGE, putInfo, putMetadata } from './metadata.js';
import { ObjectFile } from './objects.js';
import { Operators } from './operators.js';
import { drawForms } from './page-forms.js';
import { PageFrame } from './page-frame.js';
import { putPageTree, type Node } from './page-tree.js';
import { pdfLib } from './pdf-lib.js';
import { endOf, FANOUT, nodeNumber, nodesOf, pageNumber, type PdfPosition } from './position.js';
import type { Logo, PdfFonts } from './resources.js';
import { unpackNumbers, unpackSet } from './varints.js';
import { endFile } from './xref.js';

/** The comment's bytes mark the file as binary for programs that guess a file's type (PDF 1.7, 7.5.2). */
export const HEAD = Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1');

interface Written {
  readonly position: PdfPosition;
  readonly pages: number;
  readonly sizes: readonly number[];
}

/**
 * Everything except the pages, computed from the plan and the segments' summaries.
 * @throws ShaperNeeded
 */
export function makeTail(
  outline: FileOutline<PdfLayout>,
  segments: readonly WrittenSegment<PdfPosition>[],
  fonts: PdfFonts,
  logo: Logo | undefined,
): Buffer {
  const written = segments.map(({ position, summary }): Written => ({
    position: position.own,
    pages: numberIn(summary, 'pages'),
    sizes: unpackNumbers(textIn(summary, 'sizes')),
  }));
  const { layout } = outline;
  const { offsets, end } = offsetsOf(written);
  const free = Math.max(...written.map(({ position }) => endOf(position)));
  const file = new ObjectFile(end, free);

  const rows = segments.reduce((sum, segment) => sum + segment.rows, 0);
  const lastPage = Math.max(
    1,
    ...written.map(({ position, pages }) => (pages === 0 ? 0 : position.firstPage + pages - 1)),
  );
  const forms = drawForms(outline, fonts, { rows, lastPage });
  const used = new UsedCharacters();
  used.addAll(codePointsOf(PRINTABLE_ASCII));
  const { glyphs } = forms;
  for (const { summary } of segments) {
    used.addAll(unpackSet(textIn(summary, 'used')));
    glyphs.addPacked(textIn(summary, 'glyphs'));
  }
  const characters = [
    [fonts.body, used.codePoints()],
    ...[...forms.used].map(([faces, blocks]) => [faces, blocks.codePoints()] as const),
  ] as const;
  const Font = putFonts(file, drawnBy(characters, glyphs));

  const BBox = [0, 0, layout.width, layout.height];
  const form = (bytes: Buffer, XObject: Record<string, PDFRef>): PDFRef =>
    file.add(file.stream(bytes, { Type: 'XObject', Subtype: 'Form', BBox, Resources: { Font, XObject } }));
  const XObject = {
    H: form(forms.head, logo === undefined ? {} : { Logo: putLogo(file, logo) }),
    T: form(forms.foot, {}),
  };
  const nodes = written.flatMap((segment) => nodeOf(file, segment));
  const Pages = putPageTree(file, nodes.length > 0 ? nodes : [emptyPage(file, fonts, layout)], {
    MediaBox: [0, 0, layout.width / 10, layout.height / 10],
    Resources: { Font, XObject },
  });
  const { PDFString } = pdfLib();
  const Root = file.add({
    ...{ Type: 'Catalog', Pages, Metadata: putMetadata(file, outline, layout.title), Lang: PDFString.of(LANGUAGE) },
    ...{ MarkInfo: { Marked: false }, ViewerPreferences: { DisplayDocTitle: true } },
  });
  const Info = putInfo(file, outline, layout.title);
  endFile(file, [...offsets, ...file.offsets], { Root, Info, ID: fileId(outline) });
  return file.bytes();
}

/** The encoder's fast path does not record these characters. */
const PRINTABLE_ASCII = String.fromCharCode(...Array.from({ length: 0x7f - 0x20 }, (_, index) => 0x20 + index));

/** Object numbers and offsets of all segments, and where the last one ends. */
function offsetsOf(written: readonly Written[]): { offsets: [number, number][]; end: number } {
  const offsets: [number, number][] = [];
  let end = HEAD.length;
  for (const { position, pages, sizes } of written) {
    for (const [index, size] of sizes.entries()) {
      const number = index < 2 * pages ? pageNumber(position, 0) + index : position.base + 1 + index - 2 * pages;
      offsets.push([number, end]);
      end += size;
    }
  }
  return { offsets, end };
}

/** The root node of a segment's pages; empty if it has no pages. */
function nodeOf(file: ObjectFile, { position, pages }: Written): Node[] {
  if (pages === 0) return [];
  const kids = Array.from({ length: nodesOf(pages) }, (_, node) => file.ref(nodeNumber(position, node * FANOUT)));
  return [{ ref: file.ref(position.base), pages, kids }];
}

/** The page of a report without rows. */
function emptyPage(file: ObjectFile, { body }: PdfFonts, layout: PdfLayout): Node {
  const [node, page] = [file.reserve(), file.reserve()];
  const frame = new PageFrame(layout, body);
  const operators = new Operators();
  frame.begin(operators);
  const Contents = file.add(file.stream(frame.end(operators, 0, 1)));
  file.put(page, { Type: 'Page', Parent: node, Contents });
  return { ref: node, pages: 1, kids: [page] };
}

function putLogo(file: ObjectFile, { image, mask }: Logo): PDFRef {
  const copy = image.clone();
  if (mask !== undefined) copy.dict.set(pdfLib().PDFName.of('SMask'), file.add(mask));
  return file.add(copy);
}
