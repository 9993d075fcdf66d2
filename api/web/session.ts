import { useCallback, useEffect, useLayoutEffect, useState } from 'preact/hooks';

const STORAGE_KEY = 'exports.token';

export interface Session {
  readonly token: string | null;
  /** Why the session ended, in a sentence; empty if there is nothing to say. */
  readonly reason: string;
  readonly signIn: (token: string) => void;
  readonly signOut: (reason?: string) => void;
}

/**
 * Reads the token of a link such as `/#token=…`, which the local stack prints, and removes it from the address at once.
 * Otherwise it would be copied along with the address and stay in the browser's history.
 */
function takeTokenFromAddress(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return null;
  history.replaceState(null, '', location.pathname + location.search);
  return token;
}

/** The bearer token of the page's user, kept until the tab is closed. */
export function useSession(): Session {
  const [state, setState] = useState(() => ({
    token: takeTokenFromAddress() ?? sessionStorage.getItem(STORAGE_KEY),
    reason: '',
  }));
  const { token, reason } = state;

  // In a layout effect: a user who has just signed out may reload or leave at once.
  useLayoutEffect(() => {
    if (token === null) sessionStorage.removeItem(STORAGE_KEY);
    else sessionStorage.setItem(STORAGE_KEY, token);
  }, [token]);

  const signIn = useCallback((given: string) => {
    setState({ token: given, reason: '' });
  }, []);
  const signOut = useCallback((why = '') => {
    setState({ token: null, reason: why });
  }, []);

  // The user may open another `/#token=…` link in the same tab.
  useEffect(() => {
    const signInFromAddress = (): void => {
      const given = takeTokenFromAddress();
      if (given !== null) signIn(given);
    };
    addEventListener('hashchange', signInFromAddress);
    return () => {
      removeEventListener('hashchange', signInFromAddress);
    };
  }, [signIn]);

  return { token, reason, signIn, signOut };
}

/** The email address in a token's claims, or an empty string. Only for display: the service verifies the token. */
export function emailIn(token: string): string {
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
