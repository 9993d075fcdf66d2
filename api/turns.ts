/** So much at the same time for each tenant; what is more waits, in the order in which it came. */
export class Turns {
  readonly #tenants = new Map<string, { running: number; readonly waiting: (() => void)[] }>();

  constructor(private readonly limit: number) {}

  /** Begins the work when it is its turn. */
  async take<T>(tenantId: string, work: () => Promise<T>): Promise<T> {
    const tenant = this.#tenants.get(tenantId) ?? { running: 0, waiting: [] };
    this.#tenants.set(tenantId, tenant);
    if (tenant.running < this.limit) tenant.running += 1;
    else await new Promise<void>((begin) => tenant.waiting.push(begin));
    try {
      return await work();
    } finally {
      const next = tenant.waiting.shift();
      // Whoever is next has the place of this one.
      if (next !== undefined) next();
      else if ((tenant.running -= 1) === 0) this.#tenants.delete(tenantId);
    }
  }
}
