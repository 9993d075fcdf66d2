import { useEffect, useRef, useState } from 'preact/hooks';
import type { Estimate } from '../../../shared/request/estimate-schema.js';
import type { Client } from '../client.js';
import { Refusal } from '../refusal.js';
import type { ExportBody } from './request.js';

/** How long nothing must change before the service is asked. */
const STILL_MS = 400;

export type EstimateState =
  | { readonly state: 'asking' }
  | { readonly state: 'known'; readonly estimate: Estimate }
  | { readonly state: 'refused'; readonly refusal: Refusal | null };

/** What the request would make; asked for when it has stood still, and dropped when it changes. Null: do not ask. */
export function useEstimate(client: Client, body: ExportBody | null): EstimateState {
  const [state, setState] = useState<EstimateState>({ state: 'asking' });
  const plain = useUnchanged(body === null ? null : withoutNotify(body));
  useEffect(() => {
    if (plain === null) {
      setState({ state: 'refused', refusal: null });
      return;
    }
    const outdated = new AbortController();
    setState({ state: 'asking' });
    const timer = setTimeout(() => {
      client.estimate(plain, outdated.signal).then(
        (estimate) => {
          setState({ state: 'known', estimate });
        },
        (error: unknown) => {
          if (!outdated.signal.aborted) {
            setState({ state: 'refused', refusal: error instanceof Refusal ? error : null });
          }
        },
      );
    }, STILL_MS);
    return () => {
      clearTimeout(timer);
      outdated.abort();
    };
  }, [client, plain]);
  return state;
}

/** The value of an earlier rendering while the new one says the same, so that effects run once for each. */
function useUnchanged<T>(value: T): T {
  const known = useRef(value);
  if (JSON.stringify(known.current) !== JSON.stringify(value)) known.current = value;
  return known.current;
}

/** Who is told of it changes nothing of what it is. */
const withoutNotify = ({ notify: _, ...rest }: ExportBody): ExportBody => rest;
