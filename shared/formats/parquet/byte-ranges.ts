/** Copies and compares short values in JavaScript, four bytes at a time, which is faster than a call into Node. */

/** From this length on, a call into Node is faster. */
const LONG = 160;

/** Copies bytes. @param from where they are in `source` @param to where they go in `target` */
export function copyBytes(
  source: Buffer,
  sourceView: DataView,
  from: number,
  target: Buffer,
  targetView: DataView,
  to: number,
  length: number,
): void {
  if (length >= LONG) {
    source.copy(target, to, from, from + length);
    return;
  }
  if (length < 4) {
    for (let i = 0; i < length; i++) target[to + i] = source[from + i] ?? 0;
    return;
  }
  const last = length - 4;
  for (let i = 0; i < last; i += 4) targetView.setInt32(to + i, sourceView.getInt32(from + i, true), true);
  // Overlaps the one before, unless the length is a multiple of four.
  targetView.setInt32(to + last, sourceView.getInt32(from + last, true), true);
}

/** Whether two ranges of the same length have equal bytes. */
export function equalBytes(a: DataView, aFrom: number, b: DataView, bFrom: number, length: number): boolean {
  if (length < 4) {
    for (let i = 0; i < length; i++) if (a.getUint8(aFrom + i) !== b.getUint8(bFrom + i)) return false;
    return true;
  }
  const last = length - 4;
  for (let i = 0; i < last; i += 4) if (a.getInt32(aFrom + i, true) !== b.getInt32(bFrom + i, true)) return false;
  return a.getInt32(aFrom + last, true) === b.getInt32(bFrom + last, true);
}

const MULTIPLIER = 0x9e3779b1;

/** A hash of 32 bits. */
export function hashBytes(view: DataView, from: number, length: number): number {
  let hash = length;
  if (length < 4) {
    for (let i = 0; i < length; i++) hash = Math.imul(hash ^ view.getUint8(from + i), MULTIPLIER);
  } else {
    const last = length - 4;
    for (let i = 0; i < last; i += 4) {
      hash = Math.imul(hash ^ view.getInt32(from + i, true), MULTIPLIER);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash ^ view.getInt32(from + last, true), MULTIPLIER);
  }
  return hash ^ (hash >>> 15);
}

/** Compares two values within the same memory byte by byte, as `sort` does. */
export function compareBytes(view: DataView, at: number, length: number, otherAt: number, otherLength: number): number {
  const common = Math.min(length, otherLength);
  let i = 0;
  for (; i + 4 <= common; i += 4) {
    const difference = view.getUint32(at + i) - view.getUint32(otherAt + i);
    if (difference !== 0) return difference;
  }
  for (; i < common; i++) {
    const difference = view.getUint8(at + i) - view.getUint8(otherAt + i);
    if (difference !== 0) return difference;
  }
  return length - otherLength;
}

/** The first four bytes as a number, padded with zeros. Enough to compare most values. */
export function headOf(view: DataView, at: number, length: number): number {
  if (length >= 4) return view.getUint32(at);
  let head = 0;
  for (let i = 0; i < 4; i++) head = head * 256 + (i < length ? view.getUint8(at + i) : 0);
  return head;
}
