/** One JSON array of JSON lines, with its line ends and commas where the service has them. */
export async function* jsonArrayOf(lines: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let lead = '[';
  for await (const chunk of lines) {
    // Byte for byte: chunks end in the middle of characters.
    const text = Buffer.from(chunk).toString('latin1');
    const last = text.slice(-1);
    yield Buffer.from(`${lead}${text.slice(0, -1).replaceAll('\n', '\n,')}${last}`, 'latin1');
    // What follows a line's end is a comma only if there is another line.
    if (text !== '') lead = last === '\n' ? ',' : '';
  }
  yield Buffer.from(lead === '[' ? '[]\n' : ']\n');
}
