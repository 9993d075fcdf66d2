import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** The characters of a bearer token (RFC 6750). */
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

interface Props {
  /** Why the previous session ended; empty if there was none. */
  readonly reason: string;
  readonly onToken: (token: string) => void;
}

export function SignIn({ reason, onToken }: Props): VNode {
  const [problem, setProblem] = useState(reason);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    setProblem(reason);
    field.current?.focus();
  }, [reason]);

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    // Tokens copied from a terminal may contain line breaks and a leading "Bearer".
    const token = (field.current?.value ?? '').replace(/^\s*bearer\s/i, '').replace(/\s/g, '');
    if (TOKEN.test(token)) {
      onToken(token);
      return;
    }
    setProblem(
      token === ''
        ? 'Paste a token first.'
        : "This isn't an access token: it contains characters that tokens can't have.",
    );
    field.current?.focus();
  };

  return (
    <main class="sign-in">
      <form class="card" onSubmit={submit} noValidate>
        <h1>Sign in</h1>
        <div class="field">
          <label for="token">Token</label>
          <p class="hint" id="token-hint">
            Paste an access token from your organization. It's forgotten when you close this tab.
          </p>
          <textarea
            id="token"
            ref={field}
            rows={5}
            spellcheck={false}
            autocomplete="off"
            autocapitalize="off"
            aria-describedby="token-hint token-problem"
            aria-invalid={problem !== ''}
            onInput={() => {
              setProblem('');
            }}
          />
          <p class="problem" id="token-problem" role="alert">
            {problem}
          </p>
        </div>
        <button type="submit" class="main">
          Sign in
        </button>
      </form>
    </main>
  );
}
