/**
 * Whether a PostgreSQL URL has an unambiguous host. An unescaped `/`, `?` or `#` in a password ends the host part: the
 * text before it becomes the host, and the rest makes the URL invalid or point elsewhere.
 */
export function isDatabaseUrl(text: string): boolean {
  // The driver accepts a URL without a host, for a socket: postgres://user:password@/database?host=/run/postgresql
  const address = text.replace('@/', '@socket/');
  // If a URL contains a space, the driver escapes all of it, which corrupts what was escaped already.
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
