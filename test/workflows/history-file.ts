import type { Worker } from '@temporalio/worker';
import { hostname } from 'node:os';

export type History = Parameters<typeof Worker.runReplayHistory>[1];

/** Where recorded histories are stored. */
export const HISTORIES = new URL('histories/', import.meta.url);

/** protobufjs's 64-bit integers, without their class. */
const isLong = (value: object): value is { toNumber(): number } => 'toNumber' in value;

/**
 * A history as readable JSON: bytes as base64, 64-bit integers as numbers. The SDK's own JSON reader needs a single
 * copy of protobufjs in the tree, and npm installs several.
 */
export function historyToText(history: object): string {
  const plain = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
    if (isLong(value)) return value.toNumber();
    if (Array.isArray(value)) return value.map(plain);
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)]));
  };
  // Drop stack traces and identities: they reveal the machine that recorded them.
  const text = JSON.stringify(plain(history)).replaceAll(`${process.cwd()}/`, '').replaceAll(`@${hostname()}`, '@host');
  return `${text}\n`;
}

/** The history in the form that `Worker.runReplayHistories` takes. */
export function historyFromText(text: string): History {
  const bytes = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && 'base64' in value && typeof value.base64 === 'string'
      ? Buffer.from(value.base64, 'base64')
      : value;
  return JSON.parse(text, (_, value: unknown) => bytes(value)) as History;
}
