import { readFileSync } from 'node:fs';
import { z } from 'zod';

const packageSchema = z.object({ name: z.literal('export-service'), version: z.string() });

/** The version in package.json, which is beside the sources and above what is compiled from them. */
export function serviceVersion(): string {
  for (const path of ['../../package.json', '../../../package.json']) {
    let text: string;
    try {
      text = readFileSync(new URL(path, import.meta.url), 'utf8');
    } catch {
      continue;
    }
    return packageSchema.parse(JSON.parse(text)).version;
  }
  throw new Error('There is no package.json above the service.');
}
