import { useEffect, useRef, useState } from 'preact/hooks';
import type { ListedJob } from '../../../shared/job/schema.js';
import type { Client } from '../client.js';
import { watchJob } from '../watch.js';

/**
 * Watches every active export until it has ended.
 * @returns ids of the exports whose event stream is disconnected
 */
export function useWatches(
  client: Client,
  active: readonly string[],
  onJob: (job: ListedJob) => void,
): readonly string[] {
  const [silent, setSilent] = useState<readonly string[]>([]);
  const running = useRef(new Map<string, AbortController>());
  const key = active.join(' ');

  useEffect(() => {
    const watches = running.current;
    const wanted = new Set(key === '' ? [] : key.split(' '));
    for (const [jobId, controller] of watches) if (!wanted.has(jobId)) controller.abort();
    for (const jobId of wanted) {
      if (watches.has(jobId)) continue;
      const controller = new AbortController();
      watches.set(jobId, controller);
      const onConnection = (connected: boolean): void => {
        setSilent((before) => {
          const others = before.filter((id) => id !== jobId);
          return connected ? (others.length === before.length ? before : others) : [...others, jobId];
        });
      };
      void watchJob(client, jobId, { onJob, onConnection }, controller.signal).then(() => {
        watches.delete(jobId);
        onConnection(true);
      });
    }
  }, [client, key, onJob]);

  useEffect(() => {
    const watches = running.current;
    return () => {
      for (const controller of watches.values()) controller.abort();
    };
  }, []);

  return silent;
}
