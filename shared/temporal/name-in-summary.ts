import { cutToBytes } from '../text/cut-to-bytes.js';
import { markdownCode } from '../text/markdown-code.js';

/** Maximum bytes of a name in a summary. Temporal rejects summaries of more than 400 bytes, encryption included. */
const MAX_NAME = 180;

/**
 * A name that a user chose, as Markdown for a summary: it can't be a link or an image. Apostrophes replace backticks,
 * which would need delimiters as long as the name.
 */
export const nameInSummary = (name: string): string => markdownCode(cutToBytes(name.replaceAll('`', "'"), MAX_NAME));
