import type { PDFRef } from 'pdf-lib';
import type { Entries, ObjectFile } from './objects.js';
import { FANOUT } from './position.js';

/** A node whose children have been written, but which has no parent yet. */
export interface Node {
  readonly ref: PDFRef;
  readonly pages: number;
  readonly kids: readonly PDFRef[];
}

/**
 * Writes the nodes and a balanced tree above them.
 * @param root the entries that all pages inherit
 */
export function putPageTree(file: ObjectFile, nodes: readonly Node[], root: Entries): PDFRef {
  const top = file.reserve();
  let level = nodes;
  for (;;) {
    const isLast = level.length <= FANOUT;
    const above: Node[] = [];
    for (let at = 0; at < level.length; at += FANOUT) {
      const group = level.slice(at, at + FANOUT);
      const ref = isLast ? top : file.reserve();
      for (const node of group) {
        file.put(node.ref, { Type: 'Pages', Parent: ref, Count: node.pages, Kids: node.kids });
      }
      above.push({ ref, pages: group.reduce((sum, { pages }) => sum + pages, 0), kids: group.map((node) => node.ref) });
    }
    const [only] = above;
    if (isLast) return file.put(top, { Type: 'Pages', Count: only?.pages ?? 0, Kids: only?.kids ?? [], ...root });
    level = above;
  }
}
