import type { Logger } from '../../shared/process/logger.js';

/** Parts of the service, by the names that its metrics and `/readyz` give them. */
export const PARTS = ['job_store', 'object_store', 'temporal'] as const;
export type Part = (typeof PARTS)[number];

/** Returns null, or one sentence for operators: what is missing and what to do. Never throws. */
export type ReadinessCheck = () => Promise<string | null>;
export type ReadinessChecks = Readonly<Partial<Record<Part, ReadinessCheck>>>;

/** Anyone can call it at any rate, so all callers share the result of the last second. */
const FRESH_MS = 1000;

/**
 * Checks which parts of the service are missing. Clients get their names; the sentences, which name hosts and quote
 * libraries, are logged whenever they change.
 */
export class Readiness {
  #asking: Promise<readonly Part[]> | null = null;
  #last: { readonly missing: readonly Part[]; readonly at: number } | null = null;
  readonly #logged = new Map<Part, string>();

  constructor(
    private readonly checks: ReadinessChecks,
    private readonly logger: Logger,
  ) {}

  /** The parts that are missing, as of at most a second ago. Never rejects. */
  async missing(): Promise<readonly Part[]> {
    if (this.#last !== null && performance.now() - this.#last.at < FRESH_MS) return this.#last.missing;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #ask(): Promise<readonly Part[]> {
    const answers = await Promise.all(
      PARTS.map(async (part) => ({ part, sentence: (await this.checks[part]?.()) ?? null })),
    );
    for (const { part, sentence } of answers) this.#log(part, sentence);
    const missing = answers.flatMap(({ part, sentence }) => (sentence === null ? [] : [part]));
    this.#last = { missing, at: performance.now() };
    return missing;
  }

  #log(part: Part, sentence: string | null): void {
    if ((this.#logged.get(part) ?? null) === sentence) return;
    if (sentence === null) {
      this.#logged.delete(part);
      this.logger.info({ part }, 'ready again');
    } else {
      this.#logged.set(part, sentence);
      this.logger.warn({ part }, sentence);
    }
  }
}
