import type { Encoding } from './encoding.js';
import type { Format } from './format.js';
import { formatNamed } from './index.js';

/** A format with its encoding: what a worker needs to write files. */
export type LoadedFormat = Format & Encoding;

const loaded = new Map<string, Promise<LoadedFormat>>();

async function load(name: string): Promise<LoadedFormat> {
  const format = formatNamed(name);
  return { ...format, ...(await format.loadEncoding()) };
}

/** A format with its encoding, loaded once per process. @throws RangeError for an unknown name */
export function loadFormat(name: string): Promise<LoadedFormat> {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const format = load(name);
  loaded.set(name, format);
  return format;
}
