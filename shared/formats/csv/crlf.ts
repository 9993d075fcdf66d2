import type { Emit, RowBytes, SegmentEncoder, SegmentSummary } from '../encoding.js';

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;

/**
 * Ends rows with CR LF instead of COPY's LF. A line feed within quotes belongs to a value and stays as it is. Quotes
 * within quotes are doubled, so an odd number of quotes so far means that a byte is within quotes.
 */
export class CrlfEncoder implements SegmentEncoder {
  #inQuotes = false;

  write({ bytes, rows }: RowBytes, emit: Emit): Promise<void> | void {
    // Only the ends of rows need more bytes.
    const out = Buffer.allocUnsafe(bytes.length + rows);
    let written = 0;
    let copied = 0;
    let quote = bytes.indexOf(QUOTE);
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, end + 1)) {
      for (; quote >= 0 && quote < end; quote = bytes.indexOf(QUOTE, quote + 1)) this.#inQuotes = !this.#inQuotes;
      if (this.#inQuotes) continue;
      written += bytes.copy(out, written, copied, end);
      out[written++] = CR;
      out[written++] = LF;
      copied = end + 1;
    }
    for (; quote >= 0; quote = bytes.indexOf(QUOTE, quote + 1)) this.#inQuotes = !this.#inQuotes;
    written += bytes.copy(out, written, copied);
    return emit(out.subarray(0, written));
  }

  end(): SegmentSummary {
    return {};
  }
}
