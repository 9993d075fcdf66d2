/**
 * Whether an address of PostgreSQL means what its author meant. A `/`, `?` or `#` in a password ends the host's part of
 * it: what is before becomes the host, and the rest is not an address any more, or another one.
 */
export function isDatabaseUrl(text: string): boolean {
  // The driver knows an address without a host, of a socket: postgres://user:password@/database?host=/run/postgresql
  const address = text.replace('@/', '@socket/');
  // The driver encodes an address with a space once more, and what was encoded before means something else.
  if (/\s/.test(text) || !URL.canParse(address)) return false;
  const { pathname, hash, searchParams, username, password } = new URL(address);
  const rest = [pathname, hash, ...searchParams.keys()];
  return !rest.some((part) => part.includes('@')) && [username, password].every(isDecodable);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
