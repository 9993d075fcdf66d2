import { useCallback, useRef, useState } from 'preact/hooks';
import type { ListedJob } from '../../../shared/job/schema.js';
import type { Client } from '../client.js';
import type { ExportBody } from './request.js';

interface Start {
  readonly isStarting: boolean;
  /** Null: the one before is still under way. @throws Refusal */
  readonly start: (body: ExportBody) => Promise<ListedJob | null>;
}

/**
 * Starts an export once, however often and however impatiently it is asked for: a request that is repeated unchanged
 * before it was answered well has the same Idempotency-Key.
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

/** `crypto.randomUUID` is not there on a page that came by plain http from another machine. */
const randomKey = (): string =>
  `page-${[...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
