/** The keys that payloads are encrypted with before Temporal keeps them: `PAYLOAD_KEY`. */
export interface PayloadKeys {
  /** The name of the key that encrypts. */
  readonly current: string;
  /** By name, 32 bytes each; all of them decrypt. */
  readonly byId: ReadonlyMap<string, Buffer>;
}

const ENTRY = /^([A-Za-z0-9._-]{1,64}):([A-Za-z0-9+/]{43}=)$/;

/**
 * Reads `2026-11:BASE64,2026-05:BASE64`: names and base64 of 32 random bytes, the key that encrypts first.
 * @returns null when an entry is no such pair or a name comes twice
 */
export function readPayloadKeys(text: string): PayloadKeys | null {
  const byId = new Map<string, Buffer>();
  for (const entry of text.split(',')) {
    const [, id, base64] = ENTRY.exec(entry.trim()) ?? [];
    if (id === undefined || base64 === undefined || byId.has(id)) return null;
    byId.set(id, Buffer.from(base64, 'base64'));
  }
  const [current] = byId.keys();
  return current === undefined ? null : { current, byId };
}
