import { useEffect, useRef, useState } from 'preact/hooks';
import type { Estimate } from '../../../shared/request/estimate-schema.js';
import type { Client } from '../client.js';
import { Refusal } from '../refusal.js';
import type { ExportBody } from './request.js';

/** How long the form must be unchanged before an estimate is requested. */
const DEBOUNCE_MS = 400;

export type EstimateState =
  | { readonly state: 'asking' }
  | { readonly state: 'known'; readonly estimate: Estimate }
  | { readonly state: 'refused'; readonly refusal: Refusal | null };

/**
 * Estimates an export when its request has stopped changing, and drops the answer if it changes meanwhile.
 * @param body the request; null if it isn't valid yet
 */
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
    }, DEBOUNCE_MS);
    return () => {
      clearTimeout(timer);
      outdated.abort();
    };
  }, [client, plain]);
  return state;
}

/** Returns the previous value while the new one is deeply equal, so that effects run only for real changes. */
function useUnchanged<T>(value: T): T {
  const known = useRef(value);
  if (JSON.stringify(known.current) !== JSON.stringify(value)) known.current = value;
  return known.current;
}

/** Notifications don't change the estimate. */
const withoutNotify = ({ notify: _, ...rest }: ExportBody): ExportBody => rest;
