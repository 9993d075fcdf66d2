/**
 * Whether PostgreSQL can store a text. NUL ends a string in C, and a lone surrogate is not a character: `jsonb` rejects
 * both, `text` rejects NUL, and JSON may contain either (`"\u0000"`, `"\ud800"`).
 */
export const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

/** Error message for text that cannot be stored. */
export const UNSTORABLE = 'must not contain NUL (U+0000) or half of a surrogate pair';

/** Replaces each character that cannot be stored with U+FFFD. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD');

/** Replaces such characters in all texts and keys of a JSON value. */
export function storableJson<T>(value: T): T {
  // JSON.parse returns the same shape, because the value is JSON.
  return JSON.parse(JSON.stringify(value), (_key, item: unknown) => {
    if (typeof item === 'string') return storable(item);
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).map(([key, field]) => [storable(key), field]));
  }) as T;
}

/**
 * Finds text in a JSON value that cannot be stored, and keys `__proto__`, which a copy of the value would lose.
 * @param most maximum number of paths
 * @returns paths of keys and indexes; a key that cannot be stored is the last step of its own path
 */
export function unstorablePaths(value: unknown, most: number): (string | number)[][] {
  const found: (string | number)[][] = [];
  const open: { readonly item: unknown; readonly path: (string | number)[] }[] = [{ item: value, path: [] }];
  // An explicit stack instead of recursion: 100 KB of JSON can be 50,000 levels deep.
  for (let next = open.pop(); next !== undefined && found.length < most; next = open.pop()) {
    const { item, path } = next;
    if (typeof item === 'string' && !isStorable(item)) found.push(path);
    if (typeof item !== 'object' || item === null) continue;
    const isList = Array.isArray(item);
    for (const [key, field] of Object.entries(item)) {
      const inner = [...path, isList ? Number(key) : key];
      if (isStorable(key) && key !== '__proto__') open.push({ item: field, path: inner });
      else found.push(inner);
    }
  }
  return found.slice(0, most);
}
