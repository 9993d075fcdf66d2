import type { Entries, ObjectFile } from './objects.js';

/**
 * PNG's "up" predictor: each row is stored as the difference from the previous one, which compresses offsets to a
 * third.
 */
const UP = 2;

/**
 * Writes the cross-reference stream, which is the last object, and the end of the file. Object numbers may have gaps.
 * @param offsets of all objects before it
 */
export function endFile(file: ObjectFile, offsets: readonly (readonly [number, number])[], trailer: Entries): void {
  const ref = file.reserve();
  const { offset } = file;
  const entries = [...offsets, [ref.objectNumber, offset] as const].sort(([a], [b]) => a - b);
  const offsetBytes = Math.ceil(Math.log2(offset + 1) / 8);
  // Type, offset, generation; object 0 is the head of the free list.
  const widths = [1, offsetBytes, 2];
  const rowLength = 1 + offsetBytes + 2;
  const rows = Buffer.alloc((entries.length + 1) * rowLength);
  rows.writeUInt16BE(0xffff, rowLength - 2);
  const index = [0, 1];
  let expected = 1;
  for (const [row, [number, at]] of entries.entries()) {
    const start = (row + 1) * rowLength;
    rows[start] = 1;
    rows.writeUIntBE(at, start + 1, offsetBytes);
    if (number === expected) index.push((index.pop() ?? 0) + 1);
    else index.push(number, 1);
    expected = number + 1;
  }
  const table = {
    ...{ Type: 'XRef', Size: expected, Index: index, W: widths, ...trailer },
    DecodeParms: { Predictor: 12, Columns: rowLength },
  };
  file.put(ref, file.stream(differences(rows, rowLength), table));
  file.append(Buffer.from(`startxref\n${offset}\n%%EOF\n`));
}

function differences(rows: Buffer, rowLength: number): Buffer {
  const count = rows.length / rowLength;
  const out = Buffer.alloc(rows.length + count);
  let at = 0;
  for (let i = 0; i < rows.length; i++) {
    if (i % rowLength === 0) out[at++] = UP;
    out[at++] = (rows[i] ?? 0) - (rows[i - rowLength] ?? 0);
  }
  return out;
}
