interface Tenant {
  running: number;
  readonly waiting: (() => void)[];
}

/**
 * So much at the same time for each tenant; what is more waits, in the order in which it came. Work that takes longer
 * than its turn goes on, and lets the next one begin: it waits for somebody else, such as a worker that was killed.
 */
export class Turns {
  readonly #tenants = new Map<string, Tenant>();

  /** @param turnMs the longest that one piece of work keeps others waiting */
  constructor(
    private readonly limit: number,
    private readonly turnMs: number,
  ) {}

  /** Begins the work when it is its turn. */
  async take<T>(tenantId: string, work: () => Promise<T>): Promise<T> {
    const tenant = this.#tenants.get(tenantId) ?? { running: 0, waiting: [] };
    this.#tenants.set(tenantId, tenant);
    if (tenant.running < this.limit) tenant.running += 1;
    else await new Promise<void>((begin) => tenant.waiting.push(begin));

    let passed = false;
    const pass = (): void => {
      if (passed) return;
      passed = true;
      const next = tenant.waiting.shift();
      // Whoever is next has the place of this one.
      if (next !== undefined) next();
      else if ((tenant.running -= 1) === 0) this.#tenants.delete(tenantId);
    };
    const timer = setTimeout(pass, this.turnMs);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      pass();
    }
  }
}
