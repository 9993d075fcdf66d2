/** So many of something for each user of this process, at the same time. */
export class Shares {
  private readonly taken = new Map<string, number>();

  constructor(private readonly limit: number) {}

  /** Gives it back when called, once. Null: there is none left for this user. */
  take(userId: string): (() => void) | null {
    const before = this.taken.get(userId) ?? 0;
    if (before >= this.limit) return null;
    this.taken.set(userId, before + 1);
    let isOurs = true;
    return () => {
      if (!isOurs) return;
      isOurs = false;
      const now = (this.taken.get(userId) ?? 1) - 1;
      if (now === 0) this.taken.delete(userId);
      else this.taken.set(userId, now);
    };
  }
}
