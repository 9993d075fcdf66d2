/** The name by which this Node knows the timezone, whatever its case or its age; null when it knows none. */
function canonical(name: string): string | null {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

/**
 * The names of timezones that a database knows. Node, PostgreSQL and Temporal each have a list of their own: names differ
 * in case, and a place that was renamed is there by its old name, its new one or both (Asia/Calcutta, Asia/Kolkata).
 */
export class TimeZoneNames {
  readonly #byLowerCase: ReadonlyMap<string, string>;
  #aliases: ReadonlyMap<string, string> | undefined;

  /** @param names of `pg_timezone_names` */
  constructor(names: readonly string[]) {
    this.#byLowerCase = new Map(names.map((name) => [name.toLowerCase(), name]));
  }

  /**
   * How the database spells a name, or the name that it has for the same place.
   * @returns null when it has none: `PST` and `IST` mean several places
   */
  nameOf(asked: string): string | null {
    const own = this.#byLowerCase.get(asked.toLowerCase());
    if (own !== undefined) return own;
    const known = asked.includes('/') ? canonical(asked) : null;
    if (known === null) return null;
    // Checking 600 names takes 50 ms, so only for a name that is not in the list.
    this.#aliases ??= byCanonical([...this.#byLowerCase.values()]);
    return this.#aliases.get(known) ?? null;
  }
}

function byCanonical(names: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const name of names) {
    // Without a slash it is an abbreviation or an offset, not an alias.
    const known = name.includes('/') ? canonical(name) : null;
    // A zone's own name rather than one of its aliases.
    if (known !== null && (name === known || !found.has(known))) found.set(known, name);
  }
  return found;
}
