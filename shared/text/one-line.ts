/**
 * Characters that a single line cannot contain: line breaks and other control characters, lone surrogates, and U+FFFE
 * and U+FFFF, which XML 1.0 forbids and some JSON readers reject.
 */
const UNPRINTABLE = String.raw`\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff`;
const GAPS = new RegExp(String.raw`[${UNPRINTABLE}\s]+`, 'gu');
const ANY = new RegExp(`[${UNPRINTABLE}]`, 'u');

/** Text as a single line, for a title or header: replaces each run of these characters with a space. */
export const oneLine = (text: string): string => text.replace(GAPS, ' ').trim();

/** Characters that show the text after them, or between them, in the other direction. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/;

/** Whether a text could show its characters in another order than it has them. */
export const turnsText = (text: string): boolean => TURNS.test(text);

/** Whether a text is already a single line. */
export const isOneLine = (text: string): boolean => !ANY.test(text);
