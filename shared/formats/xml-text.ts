/** What XML 1.0 cannot hold, and no name or title needs: control characters, half characters, U+FFFE and U+FFFF. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\ufffe\uffff]/gu;

/** One line of text that XML and its readers accept: a space stands for each character that cannot be there. */
export const printable = (text: string): string => text.replace(UNPRINTABLE, ' ');
