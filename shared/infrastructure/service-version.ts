import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const packageSchema = z.object({ name: z.literal('export-service'), version: z.string() });

/** The version in package.json, which is the first one above the sources and above what is compiled from them. */
export function serviceVersion(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const text = textOf(join(folder, 'package.json'));
    if (text !== null) return packageSchema.parse(JSON.parse(text)).version;
  }
  throw new Error('There is no package.json above the service.');
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
