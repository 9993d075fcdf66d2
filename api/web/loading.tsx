import type { VNode } from 'preact';

interface Props {
  /** Why loading failed, in a sentence; empty while it is still running. */
  readonly problem: string;
  readonly onRetry: () => void;
}

/** Shown until the datasets and the first page of exports have arrived. */
export function Loading({ problem, onRetry }: Props): VNode {
  return (
    <main key="loading" class="loading">
      <h1>{problem === '' ? 'Loading…' : "The page couldn't load"}</h1>
      <p role="status">{problem}</p>
      {problem === '' ? null : (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </main>
  );
}
