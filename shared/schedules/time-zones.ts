/** Node's name for a timezone, for any case or former name; null if Node doesn't know it. */
function canonical(name: string): string | null {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

/**
 * The timezone names of a database. Node, PostgreSQL and Temporal have different lists: names differ in case, and a
 * renamed zone has its old name, its new one or both (Asia/Calcutta, Asia/Kolkata).
 */
export class TimeZoneNames {
  readonly #byLowerCase: ReadonlyMap<string, string>;
  #aliases: ReadonlyMap<string, string> | undefined;

  /** @param names of `pg_timezone_names` */
  constructor(names: readonly string[]) {
    this.#byLowerCase = new Map(names.map((name) => [name.toLowerCase(), name]));
  }

  /**
   * The database's spelling of a name, or its name for the same zone.
   * @returns null if there is none: `PST` and `IST` are ambiguous
   */
  nameOf(name: string): string | null {
    const own = this.#byLowerCase.get(name.toLowerCase());
    if (own !== undefined) return own;
    const known = name.includes('/') ? canonical(name) : null;
    if (known === null) return null;
    // Checking 600 names takes 50 ms, so do it only for a name that isn't in the list.
    this.#aliases ??= byCanonical([...this.#byLowerCase.values()]);
    return this.#aliases.get(known) ?? null;
  }
}

function byCanonical(names: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const name of names) {
    // A name without a slash is an abbreviation or an offset, not an alias.
    const known = name.includes('/') ? canonical(name) : null;
    // Prefer a zone's own name over its aliases.
    if (known !== null && (name === known || !found.has(known))) found.set(known, name);
  }
  return found;
}
