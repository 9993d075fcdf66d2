/**
 * What a line of its own cannot have: line breaks and other control characters, half characters, and U+FFFE and U+FFFF,
 * which XML 1.0 does not know and JSON readers refuse now and then.
 */
const UNPRINTABLE = String.raw`\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff`;
const GAPS = new RegExp(String.raw`[${UNPRINTABLE}\s]+`, 'gu');
const ANY = new RegExp(`[${UNPRINTABLE}]`, 'u');

/** Text for a title, a header or a line of its own: a space stands for whatever cannot be there. */
export const oneLine = (text: string): string => text.replace(GAPS, ' ').trim();

/** Whether a text is a line as it is. */
export const isOneLine = (text: string): boolean => !ANY.test(text);
