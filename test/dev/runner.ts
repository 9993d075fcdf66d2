import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PARTS = ['package.json', 'dev/run.mjs', 'dev/install.mjs', 'dev/node.mjs', 'dev/npm.mjs', 'dev/node'];

/** Copies what `npm run` needs before packages are installed. */
export async function copyRunner(folder: string): Promise<void> {
  for (const part of PARTS) await cp(join(ROOT, part), join(folder, part), { recursive: true });
}
