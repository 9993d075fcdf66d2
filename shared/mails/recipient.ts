import { z } from 'zod';
import { mailAddress, mailboxOf } from './address.js';

/** Who may get email besides the token's own address: nobody, any address at the given domains, or anyone. */
export type RecipientRule = 'token' | 'any' | { readonly domains: readonly string[] };

/** `notify.email` in a request: true is the token's address, false is nobody. */
export const emailChoice = z.union([z.boolean(), mailAddress], {
  error: 'must be true, false or an email address such as ana@example.com',
});
export type EmailChoice = z.infer<typeof emailChoice>;

const domainOf = (address: string): string => mailboxOf(address).slice(address.lastIndexOf('@') + 1);

/** Reads `NOTIFY_EMAIL`: `token`, `any` or `domains:` and a comma-separated list; null for anything else. */
export function readRecipientRule(text: string): RecipientRule | null {
  if (text === 'token' || text === 'any') return text;
  const [kind, list = '', ...rest] = text.split(':');
  const addresses = list.split(',').map((domain) => `a@${domain.trim()}`);
  const isList = kind === 'domains' && rest.length === 0;
  return isList && addresses.every((address) => mailAddress.safeParse(address).success)
    ? { domains: addresses.map(domainOf) }
    : null;
}

/**
 * Decides who gets the mails about an export.
 * @param own the token's address; undefined if it has no valid one
 * @returns the address, undefined for nobody, or why the request is invalid
 */
export function recipientOf(
  choice: EmailChoice | undefined,
  own: string | undefined,
  rule: RecipientRule,
): { readonly email: string | undefined } | { readonly problem: string } {
  if (choice === false) return { email: undefined };
  if (choice === undefined) return { email: own };
  if (choice === true) {
    return own === undefined ? { problem: 'is true, but your token has no valid email address' } : { email: own };
  }
  if ((own !== undefined && mailboxOf(choice) === mailboxOf(own)) || rule === 'any') return { email: choice };
  if (rule === 'token') return { problem: "must be your own address (your token's)" };
  return rule.domains.includes(domainOf(choice))
    ? { email: choice }
    : { problem: `must be your own address (your token's), or one at ${rule.domains.join(', ')}` };
}
