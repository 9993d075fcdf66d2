/** Limits how many of something each user has at the same time, in this process. */
export class Shares {
  private readonly taken = new Map<string, number>();

  constructor(private readonly limit: number) {}

  /** @returns a function that gives it back; null when the user has none left */
  take(user: string): (() => void) | null {
    const before = this.taken.get(user) ?? 0;
    if (before >= this.limit) return null;
    this.taken.set(user, before + 1);
    let isOurs = true;
    return () => {
      if (!isOurs) return;
      isOurs = false;
      const now = (this.taken.get(user) ?? 1) - 1;
      if (now === 0) this.taken.delete(user);
      else this.taken.set(user, now);
    };
  }
}
