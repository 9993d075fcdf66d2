import { useCallback, useRef, useState } from 'preact/hooks';
import type { ListedJob } from '../../../shared/job/schema.js';
import type { Client } from '../client.js';
import type { ExportBody } from './request.js';

interface Start {
  readonly isStarting: boolean;
  /**
   * Resolves with null if another start is still in progress.
   * @throws Refusal
   */
  readonly start: (body: ExportBody) => Promise<ListedJob | null>;
}

/**
 * Starts an export once, even if the user clicks several times: an unchanged request keeps its Idempotency-Key until it
 * succeeds.
 */
export function useStart(client: Client): Start {
  const attempt = useRef<{ readonly body: string; readonly key: string } | null>(null);
  const busy = useRef(false);
  const [isStarting, setIsStarting] = useState(false);

  const start = useCallback(
    async (body: ExportBody): Promise<ListedJob | null> => {
      if (busy.current) return null;
      busy.current = true;
      setIsStarting(true);
      const text = JSON.stringify(body);
      if (attempt.current?.body !== text) attempt.current = { body: text, key: randomKey() };
      try {
        const job = await client.start(body, attempt.current.key);
        attempt.current = null;
        return job;
      } finally {
        busy.current = false;
        setIsStarting(false);
      }
    },
    [client],
  );
  return { isStarting, start };
}

/** `crypto.randomUUID` is missing on pages loaded over plain http from another machine. */
const randomKey = (): string =>
  `page-${[...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
