/** Bytes of one character in JSON, as UTF-8. Without `Buffer`, which workflows don't have. */
function bytesOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return JSON.stringify(character).length - 2;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

/**
 * Cuts a text that is too long between two characters, and adds ….
 * @param most maximum number of bytes to keep, as UTF-8 in JSON
 */
export function cutToBytes(text: string, most: number): string {
  let bytes = 0;
  let kept = '';
  for (const character of text) {
    bytes += bytesOf(character);
    if (bytes > most) return `${kept}…`;
    kept += character;
  }
  return text;
}
