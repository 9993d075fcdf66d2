import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const packageSchema = z.object({ name: z.literal('export-service'), version: z.string() });

/** Where package.json is: the first one above the sources, and above what is compiled from them. */
export const serviceRoot = (): string => findPackage().folder;

export const serviceVersion = (): string => packageSchema.parse(JSON.parse(findPackage().text)).version;

function findPackage(): { readonly folder: string; readonly text: string } {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const text = textOf(join(folder, 'package.json'));
    if (text !== null) return { folder, text };
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
