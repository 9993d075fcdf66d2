import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { Announcer } from './announce.js';
import { createClient } from './client.js';
import { nameIn, useSession } from './session.js';
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
            <span class="name">{nameIn(token)}</span>
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
        // Another token, another user: nothing of the one before may stay on the page.
        <Workspace key={token} client={client} />
      )}
    </Announcer>
  );
}
