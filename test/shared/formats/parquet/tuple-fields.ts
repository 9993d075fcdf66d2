/** The fields of tuples back to back, in COPY's binary format; null is null. @throws RangeError if they are cut */
export function tupleFields(tuples: Buffer): (Buffer | null)[][] {
  const rows: (Buffer | null)[][] = [];
  for (let at = 0; at < tuples.length;) {
    const fields = tuples.readInt16BE(at);
    at += 2;
    const row = Array.from({ length: fields }, () => {
      const length = tuples.readInt32BE(at);
      at += 4;
      if (length < 0) return null;
      if (at + length > tuples.length) throw new RangeError('a field is cut');
      const field = tuples.subarray(at, at + length);
      at += length;
      return field;
    });
    rows.push(row);
  }
  return rows;
}
