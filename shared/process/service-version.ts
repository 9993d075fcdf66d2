import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const packageSchema = z.object({
  name: z.literal('export-service'),
  version: z.string(),
  engines: z.object({ node: z.templateLiteral(['>=', z.number(), '.', z.number()]) }),
});

/** The folder of package.json: the first one above the sources, or above the compiled files. */
export const serviceRoot = (): string => findPackage().folder;

export const serviceVersion = (): string => readPackage().version;

/**
 * Checks the version of Node.js.
 * @throws UnsupportedNodeError if it is older than the service supports
 */
export function checkNode(version = process.versions.node): void {
  const oldest = readPackage().engines.node.slice('>='.length);
  if (version.localeCompare(oldest, 'en', { numeric: true }) >= 0) return;
  throw new UnsupportedNodeError(`Node.js ${version} is too old: version ${oldest} or newer is required.`);
}

/** Thrown if the version of Node.js is too old. */
export class UnsupportedNodeError extends Error {}

const readPackage = () => packageSchema.parse(JSON.parse(findPackage().text));

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
