/**
 * Ids of users and tenants, as the identity provider writes them. Safe to import in workflows.
 */

/** Characters, as `length` in JSON Schema counts them. */
export const MAX_LENGTH = 255;
/** No control, format, private-use or unassigned characters and no line breaks: what is shown is what is compared. */
const PRINTABLE = new RegExp(String.raw`^[^\p{C}\p{Zl}\p{Zp}]{1,${MAX_LENGTH}}$`, 'u');
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The error message for a text that isn't an id. */
export const NOT_AN_ID = 'must be 1 to 255 printable characters, and can\'t be "." or ".."';

/** Clients and proxies resolve these in a URL's path, even if they are percent-encoded (RFC 3986, section 6.2.2). */
const DOTS: readonly string[] = ['.', '..'];

/** UUIDs are written in lower case, because providers and databases differ. @returns null if the text isn't an id */
export function readReference(text: string): string | null {
  if (!PRINTABLE.test(text) || DOTS.includes(text)) return null;
  return UUID.test(text) ? text.toLowerCase() : text;
}

/** The tenant of every user where tokens name none. */
export const SINGLE_TENANT = 'default';

/** Identifies a user among those of all tenants: ids contain no newline. */
export const userKey = ({ tenantId, userId }: { readonly tenantId: string; readonly userId: string }): string =>
  `${tenantId}\n${userId}`;
