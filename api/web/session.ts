import { useCallback, useEffect, useLayoutEffect, useState } from 'preact/hooks';

const KEPT_AS = 'exports.token';

export interface Session {
  readonly token: string | null;
  /** Why there is none any more, in a sentence; empty when nothing has to be said. */
  readonly reason: string;
  readonly signIn: (token: string) => void;
  readonly signOut: (reason?: string) => void;
}

/**
 * The token of a link such as `/#token=…`, which the local stack prints. It is taken out of the address at once: what
 * stays there is copied along, and kept in the history.
 */
function takeFromAddress(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return null;
  history.replaceState(null, '', location.pathname + location.search);
  return token;
}

/** Who uses the page: a bearer token, kept as long as its tab is open. */
export function useSession(): Session {
  const [state, setState] = useState(() => ({
    token: takeFromAddress() ?? sessionStorage.getItem(KEPT_AS),
    reason: '',
  }));
  const { token, reason } = state;

  // With what is seen, not a moment later: who has signed out may reload or leave at once.
  useLayoutEffect(() => {
    if (token === null) sessionStorage.removeItem(KEPT_AS);
    else sessionStorage.setItem(KEPT_AS, token);
  }, [token]);

  const signIn = useCallback((given: string) => {
    setState({ token: given, reason: '' });
  }, []);
  const signOut = useCallback((why = '') => {
    setState({ token: null, reason: why });
  }, []);

  // The same tab may be given another such link.
  useEffect(() => {
    const look = (): void => {
      const given = takeFromAddress();
      if (given !== null) signIn(given);
    };
    addEventListener('hashchange', look);
    return () => {
      removeEventListener('hashchange', look);
    };
  }, [signIn]);

  return { token, reason, signIn, signOut };
}

/** Whose token it is, as far as it says so itself; the service is who checks it. */
export function nameIn(token: string): string {
  try {
    const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const hasEmail = typeof claims === 'object' && claims !== null && 'email' in claims;
    return hasEmail && typeof claims.email === 'string' ? claims.email : '';
  } catch {
    return '';
  }
}
