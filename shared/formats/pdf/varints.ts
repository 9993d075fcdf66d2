/** Whole numbers from 0 as short text: base64 of seven bits a byte, the lowest first. */
export function packNumbers(numbers: readonly number[]): string {
  const bytes: number[] = [];
  for (const number of numbers) {
    let rest = number;
    for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
    bytes.push(rest);
  }
  return Buffer.from(bytes).toString('base64');
}

export function unpackNumbers(text: string): number[] {
  const numbers: number[] = [];
  let number = 0;
  let scale = 1;
  for (const byte of Buffer.from(text, 'base64')) {
    number += (byte & 0x7f) * scale;
    scale *= 0x80;
    if (byte > 0x7f) continue;
    numbers.push(number);
    number = 0;
    scale = 1;
  }
  return numbers;
}
