import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { Announcer } from './announce.js';
import { createClient } from './client.js';
import { emailIn, useSession } from './session.js';
import { SignIn } from './sign-in.js';
import { Workspace } from './workspace.js';

export function App(): VNode {
  const { token, reason, signIn, signOut } = useSession();
  const client = useMemo(() => (token === null ? null : createClient(token, signOut)), [token, signOut]);
  return (
    <Announcer>
      <header class="bar">
        <p class="brand">Exports</p>
        <nav aria-label="Page">
          {token === null ? null : <a href="#exports">Your exports</a>}
          <a href="/docs">API</a>
        </nav>
        {token === null ? null : (
          <div class="who">
            <span class="name">{emailIn(token)}</span>
            <button
              type="button"
              class="quiet"
              onClick={() => {
                signOut();
              }}
            >
              Sign out
            </button>
          </div>
        )}
      </header>
      {client === null ? (
        <SignIn reason={reason} onToken={signIn} />
      ) : (
        // A new token may belong to another user, so the key discards everything that the page has loaded.
        <Workspace key={token} client={client} />
      )}
    </Announcer>
  );
}
