/**
 * Text that PostgreSQL can store. NUL ends a string in C, and a lone half of a surrogate pair is no character: `jsonb`
 * refuses both, `text` refuses NUL, and JSON may hold either (`"\u0000"`, `"\ud800"`).
 */
export const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

/** What is wrong with a text that cannot be stored, as a predicate. */
export const UNSTORABLE = 'must not contain NUL (U+0000) or half of a surrogate pair';

/** The text with U+FFFD in place of each character that cannot be stored. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD');

/** A JSON value whose texts and keys can all be stored. */
export function storableJson<T>(value: T): T {
  // What JSON can write, it can read back in the same shape.
  return JSON.parse(JSON.stringify(value), (_key, item: unknown) => {
    if (typeof item === 'string') return storable(item);
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).map(([key, field]) => [storable(key), field]));
  }) as T;
}

/**
 * Where a JSON value has text that cannot be stored.
 * @param most paths returned at most
 * @returns paths of keys and indexes; a key that cannot be stored is the last step of its own path
 */
export function unstorablePaths(value: unknown, most: number): (string | number)[][] {
  const found: (string | number)[][] = [];
  const open: { readonly item: unknown; readonly path: (string | number)[] }[] = [{ item: value, path: [] }];
  // A list of its own, not recursion: 100 KB of JSON can be 50,000 levels deep.
  for (let next = open.pop(); next !== undefined && found.length < most; next = open.pop()) {
    const { item, path } = next;
    if (typeof item === 'string' && !isStorable(item)) found.push(path);
    if (typeof item !== 'object' || item === null) continue;
    const isList = Array.isArray(item);
    for (const [key, field] of Object.entries(item)) {
      const inner = [...path, isList ? Number(key) : key];
      if (isStorable(key)) open.push({ item: field, path: inner });
      else found.push(inner);
    }
  }
  return found.slice(0, most);
}
