import { domainToASCII } from 'node:url';
import { z } from 'zod';

/** The single definition of a mail address, for requests, tokens and settings. */

/** RFC 5321, in bytes. */
const MAX_LENGTH = 254;
const MAX_LOCAL_LENGTH = 64;
/** A dot-atom of RFC 5322. Quoted and non-ASCII names are not allowed: many mail servers accept neither. */
const LOCAL = /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
/** A domain as people write it. The URL parser, which converts it to ASCII, would cut it at a slash and decode `%`. */
const WRITTEN_DOMAIN = /^[a-z\d.\-\u{80}-\u{10ffff}]+$/iu;
/** A domain in DNS: letters, digits and hyphens, at least one dot, and no number at the end. */
const DOMAIN = /^([a-z\d]([a-z\d-]{0,61}[a-z\d])?\.)+(?!\d+$)[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/;

/** The address with its domain as mail servers accept it: `info@bücher.example` is `info@xn--bcher-kva.example`. */
export function asciiAddress(address: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, at)}@${domainToASCII(address.slice(at + 1))}`;
}

/** Normalizes a mailbox, so that spellings that differ only in case or IDN encoding compare equal. */
export const mailboxOf = (address: string): string => asciiAddress(address).toLowerCase();

function isMailAddress(text: string): boolean {
  const at = text.lastIndexOf('@');
  if (text.length > MAX_LENGTH || !WRITTEN_DOMAIN.test(text.slice(at + 1))) return false;
  const [local, domain] = [text.slice(0, Math.max(at, 0)), domainToASCII(text.slice(at + 1))];
  const fits = local.length <= MAX_LOCAL_LENGTH && local.length + 1 + domain.length <= MAX_LENGTH;
  return fits && LOCAL.test(local) && DOMAIN.test(domain);
}

export const mailAddress = z
  .string()
  .refine(isMailAddress, 'must be an email address such as ana@example.com')
  .meta({ format: 'idn-email', maxLength: MAX_LENGTH });
