/** Characters that a display name may have only within quotes: the specials of RFC 5322, section 3.2.3. */
const SPECIAL = /[()<>[\]:;@\\,."]/;
const LINE_BREAKS = /[\r\n]+/g;

/** `"Smith, Ana" <ana@example.com>`: what a mail program takes as a recipient. Null without an address. */
export function mailRecipient(name: string | null, email: string | null): string | null {
  if (email === null) return null;
  const plain = (name ?? '').replace(LINE_BREAKS, ' ').trim();
  if (plain === '') return email;
  const shown = SPECIAL.test(plain) ? `"${plain.replace(/["\\]/g, '\\$&')}"` : plain;
  return `${shown} <${email}>`;
}
