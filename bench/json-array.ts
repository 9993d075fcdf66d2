/** Turns JSON lines into one JSON array, with the same line ends and commas as the service's. */
export async function* jsonArrayOf(lines: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let lead = '[';
  for await (const chunk of lines) {
    // Decoded byte by byte, because chunks may split characters.
    const text = Buffer.from(chunk).toString('latin1');
    const last = text.slice(-1);
    yield Buffer.from(`${lead}${text.slice(0, -1).replaceAll('\n', '\n,')}${last}`, 'latin1');
    // A line end is followed by a comma only if another line follows.
    if (text !== '') lead = last === '\n' ? ',' : '';
  }
  yield Buffer.from(lead === '[' ? '[]\n' : ']\n');
}
