import { Counter, Gauge, Histogram, type Registry } from '@prometheus-io/client';

/** In seconds. Most responses take milliseconds; an admission may wait for five seconds. */
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']);

export interface AnsweredRequest {
  readonly method: string;
  /** The pattern, or `none` if no route matched. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}
/** `known`: a repeated request; `refused`: the user or tenant is at the limit; `unanswered`: no response in time. */
export type AdmissionOutcome = 'started' | 'known' | 'refused' | 'unanswered';

/** Counts what an API process has done since it started. */
export class ApiMetrics {
  readonly #requests: Histogram<'method' | 'route' | 'status'>;
  readonly #admissions: Counter<'outcome'>;
  readonly #streams: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#requests = new Histogram({
      name: 'export_http_request_duration_seconds',
      help: 'Duration of requests by route pattern, event streams excluded',
      labelNames: ['method', 'route', 'status'],
      buckets: REQUEST_SECONDS,
      registers,
    });
    this.#admissions = new Counter({
      name: 'export_admissions_total',
      help: 'Requests for an export: started, known (a repeat), refused (user or tenant limit) or unanswered (503)',
      labelNames: ['outcome'],
      registers,
    });
    // Starts at zero: otherwise Prometheus wouldn't see the first one as an increase.
    for (const outcome of ['started', 'known', 'refused', 'unanswered'] as const) this.#admissions.inc({ outcome }, 0);
    this.#streams = new Gauge({
      name: 'export_event_streams',
      help: 'Open event streams',
      registers,
    });
  }

  answered({ seconds, status, method, route }: AnsweredRequest): void {
    // Otherwise a client that sends every method that Node knows would create a series for each.
    const known = METHODS.has(method) ? method : 'other';
    this.#requests.observe({ method: known, route, status: String(status) }, seconds);
  }

  admission(outcome: AdmissionOutcome): void {
    this.#admissions.inc({ outcome });
  }

  /** @returns call it when the stream closes */
  streamOpened(): () => void {
    this.#streams.inc();
    return () => {
      this.#streams.dec();
    };
  }
}
