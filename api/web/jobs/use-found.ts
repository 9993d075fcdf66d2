import { useEffect, useState } from 'preact/hooks';
import type { ListedJob } from '../../../shared/job/schema.js';
import type { Client } from '../client.js';
import { describeRefusal } from '../refusal.js';

/** How long the text must be unchanged before it is searched for. */
const DEBOUNCE_MS = 300;

export interface Found {
  /** Newest first. */
  readonly jobs: readonly ListedJob[];
  /** Whether there are more than are shown. */
  readonly more: boolean;
  /** Why the search failed; empty if it didn't. */
  readonly problem: string;
}

/** The exports whose name contains the text; null while there is no text, or no answer yet. */
export function useFound(client: Client, text: string): Found | null {
  const [found, setFound] = useState<Found | null>(null);
  const name = text.trim();
  useEffect(() => {
    if (name === '') {
      setFound(null);
      return;
    }
    const outdated = new AbortController();
    const timer = setTimeout(() => {
      client.find(name, outdated.signal).then(
        (list) => {
          setFound({ jobs: list.exports, more: list.next_cursor !== null, problem: '' });
        },
        (error: unknown) => {
          if (!outdated.signal.aborted) setFound({ jobs: [], more: false, problem: describeRefusal(error) });
        },
      );
    }, DEBOUNCE_MS);
    return () => {
      clearTimeout(timer);
      outdated.abort();
    };
  }, [client, name]);
  return found;
}

/** What the search found, in a sentence. */
export function describeFound({ jobs, more, problem }: Found): string {
  if (problem !== '') return problem;
  if (jobs.length === 0) return 'No export has this in its name.';
  if (more) return `The newest ${jobs.length} exports with this in their name.`;
  return jobs.length === 1 ? '1 export found.' : `${jobs.length} exports found.`;
}
