import { useEffect, useState } from 'preact/hooks';
import type { Choices } from '../../shared/request/choices-schema.js';
import type { Client } from './client.js';
import { describeRefusal } from './refusal.js';

interface LoadedChoices {
  /** Null until the service has answered. */
  readonly choices: Choices | null;
  /** Why loading failed, in a sentence; empty if it hasn't. */
  readonly problem: string;
  readonly retry: () => void;
}

/** Loads the datasets and formats that a user can choose from. */
export function useChoices(client: Client): LoadedChoices {
  const [choices, setChoices] = useState<Choices | null>(null);
  const [problem, setProblem] = useState('');
  const [tries, setTries] = useState(0);
  useEffect(() => {
    const unmounted = new AbortController();
    client.choices(unmounted.signal).then(setChoices, (error: unknown) => {
      if (!unmounted.signal.aborted) setProblem(describeRefusal(error));
    });
    return () => {
      unmounted.abort();
    };
  }, [client, tries]);
  const retry = (): void => {
    setProblem('');
    setTries((before) => before + 1);
  };
  return { choices, problem, retry };
}
