/**
 * Characters that a single line cannot have: line breaks and other control characters, half characters, and U+FFFE and
 * U+FFFF, which XML 1.0 does not allow and some JSON readers refuse.
 */
const UNPRINTABLE = String.raw`\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff`;
const GAPS = new RegExp(String.raw`[${UNPRINTABLE}\s]+`, 'gu');
const ANY = new RegExp(`[${UNPRINTABLE}]`, 'u');

/** Text as a single line, for a title or a header: a space replaces each run of characters that cannot be there. */
export const oneLine = (text: string): string => text.replace(GAPS, ' ').trim();

/** Whether a text is already a single line. */
export const isOneLine = (text: string): boolean => !ANY.test(text);
