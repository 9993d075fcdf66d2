import { createReadStream } from 'node:fs';
import { StackError } from '../../dev/stack/stack-error.js';
import type { Facts } from '../content.js';

const END = '%%EOF';
/** Of no more than one page tree: `/Type /Page`, not `/Pages`. */
const PAGE = /\/Type\s*\/Page(?![A-Za-z])/g;
/** Longer than what is looked for. */
const OVERLAP = 32;

/** Counts the pages of a file whose page objects are plain. @throws StackError when it has none, or no end */
export async function readPdfPages(path: string): Promise<Facts> {
  let pages = 0;
  let rest = '';
  for await (const chunk of createReadStream(path, { encoding: 'latin1', highWaterMark: 1 << 20 })) {
    const text = rest + String(chunk);
    let counted = 0;
    for (const {
      index,
      0: { length },
    } of text.matchAll(PAGE)) {
      // What begins in the overlap is whole in the next chunk only.
      if (index >= text.length - OVERLAP) break;
      pages += 1;
      counted = index + length;
    }
    rest = text.slice(Math.max(counted, text.length - OVERLAP));
  }
  pages += [...rest.matchAll(PAGE)].length;
  if (pages === 0 || !rest.includes(END)) throw new StackError(`${path} is not a PDF with pages.`);
  return { pages };
}
