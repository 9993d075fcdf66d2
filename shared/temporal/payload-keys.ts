/** The keys from `PAYLOAD_KEY`, which encrypt payloads before Temporal stores them. */
export interface PayloadKeys {
  /** Id of the key used to encrypt. */
  readonly current: string;
  /** 32-byte keys by id; any of them can decrypt. */
  readonly byId: ReadonlyMap<string, Buffer>;
}

const ENTRY = /^([A-Za-z0-9._-]{1,64}):([A-Za-z0-9+/]{43}=)$/;

/**
 * Parses `2026-11:BASE64,2026-05:BASE64`: key ids, each with 32 random bytes in base64; the first key encrypts.
 * @returns null if an entry is malformed or an id or a key is repeated
 */
export function readPayloadKeys(text: string): PayloadKeys | null {
  const byId = new Map<string, Buffer>();
  for (const entry of text.split(',')) {
    const [, id, base64] = ENTRY.exec(entry.trim()) ?? [];
    if (id === undefined || base64 === undefined || byId.has(id)) return null;
    const key = Buffer.from(base64, 'base64');
    if ([...byId.values()].some((known) => known.equals(key))) return null;
    byId.set(id, key);
  }
  const [current] = byId.keys();
  return current === undefined ? null : { current, byId };
}
