/** Tuples of COPY's binary format, for tests of the encoder. */

/** A row; null is null. */
export type RowFields = readonly (Buffer | null)[];

export function tupleOf(fields: RowFields): Buffer {
  const count = Buffer.alloc(2);
  count.writeInt16BE(fields.length);
  return Buffer.concat([count, ...fields.flatMap(lengthAndBytes)]);
}

function lengthAndBytes(field: Buffer | null): Buffer[] {
  const length = Buffer.alloc(4);
  length.writeInt32BE(field?.length ?? -1);
  return field === null ? [length] : [length, field];
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

export function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

/** PostgreSQL's binary numeric of a decimal number, such as `-12.50`, or of NaN or Infinity. */
export function numeric(text: string): Buffer {
  const special = { NaN: 0xc000, Infinity: 0xd000, '-Infinity': 0xf000 }[text];
  if (special !== undefined) return words([0, 0, special, 0]);
  const [, sign, whole = '', decimals = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  const left = whole.padStart(Math.ceil(whole.length / 4) * 4, '0');
  const right = decimals.padEnd(Math.ceil(decimals.length / 4) * 4, '0');
  const digits = (left + right).match(/\d{4}/g)?.map(Number) ?? [];
  let weight = left.length / 4 - 1;
  while (digits.length > 0 && digits[0] === 0) {
    digits.shift();
    weight -= 1;
  }
  while (digits.at(-1) === 0) digits.pop();
  if (digits.length === 0) weight = 0;
  return words([digits.length, weight, sign === '-' && digits.length > 0 ? 0x4000 : 0, decimals.length, ...digits]);
}

function words(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value & 0xffff, 2 * index);
  return bytes;
}
