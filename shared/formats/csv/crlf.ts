import type { Emit, RowBytes, SegmentEncoder, SegmentSummary } from '../encoding.js';

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;

/**
 * Ends rows with CR LF where COPY ends them with LF. A line end within quotes is a value's own and stays; a quote
 * within quotes is doubled, so whether their number is even tells.
 */
export class CrlfEncoder implements SegmentEncoder {
  #inQuotes = false;

  write({ bytes, rows }: RowBytes, emit: Emit): Promise<void> | void {
    // Only what ends a row grows.
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
