import type { Worker } from '@temporalio/worker';
import { hostname } from 'node:os';

export type History = Parameters<typeof Worker.runReplayHistory>[1];

/** Where recorded histories are kept. */
export const HISTORIES = new URL('histories/', import.meta.url);

/** protobufjs's long integers, without their class. */
const isLong = (value: object): value is { toNumber(): number } => 'toNumber' in value;

/**
 * A history as JSON that says what its messages hold: bytes as base64, long numbers as numbers. The SDK's own reader of
 * histories in JSON needs one copy of protobufjs in the tree, and npm installs several.
 */
export function historyToText(history: object): string {
  const plain = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
    if (isLong(value)) return value.toNumber();
    if (Array.isArray(value)) return value.map(plain);
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)]));
  };
  // Stack traces and identities: where it was recorded is nobody's business.
  const text = JSON.stringify(plain(history)).replaceAll(`${process.cwd()}/`, '').replaceAll(`@${hostname()}`, '@host');
  return `${text}\n`;
}

/** The history again, as `Worker.runReplayHistories` takes it. */
export function historyFromText(text: string): History {
  const bytes = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && 'base64' in value && typeof value.base64 === 'string'
      ? Buffer.from(value.base64, 'base64')
      : value;
  return JSON.parse(text, (_, value: unknown) => bytes(value)) as History;
}
