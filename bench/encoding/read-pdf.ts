import { createReadStream } from 'node:fs';
import { StackError } from '../../dev/stack/stack-error.js';
import type { Facts } from '../content.js';

const END = '%%EOF';
/** Matches pages but not nodes of the page tree: `/Type /Page`, not `/Pages`. */
const PAGE = /\/Type\s*\/Page(?![A-Za-z])/g;
/** Longer than any match. */
const OVERLAP = 32;

/**
 * Counts the pages of a file whose page objects are uncompressed.
 * @throws StackError if it has no pages, or no end
 */
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
      // A match that starts in the overlap is only complete in the next chunk.
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
