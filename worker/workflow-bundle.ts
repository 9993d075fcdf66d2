import { Runtime, bundleWorkflowCode } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesIn, fingerprintOf } from '../shared/infrastructure/files.js';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Where `npm run build` leaves the bundle: beside the compiled worker. */
export const BUNDLE_FILE = here('workflows.bundle.js');
/** Where those made from source are kept, by what they are made of: bundling takes about two seconds of CPU. */
const KEPT = here('../.local/bundles');

/** Bundles the workflows. */
export async function bundleWorkflows(): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: here('../workflows/'),
    workflowInterceptorModules: [here('../workflows/interceptors')],
    logger: Runtime.instance().logger,
  });
  return code;
}

/** The file of the bundle: of the build, or else of the sources as they are. */
export async function workflowBundleFile(): Promise<string> {
  if (existsSync(BUNDLE_FILE)) return BUNDLE_FILE;
  const sources = [...(await filesIn(here('../workflows'))), ...(await filesIn(here('../shared')))];
  const file = join(KEPT, `${await fingerprintOf([...sources, here('../package-lock.json')], here('..'))}.js`);
  if (existsSync(file)) return file;
  const code = await bundleWorkflows();
  await mkdir(KEPT, { recursive: true });
  // Renamed, so that a worker that starts beside this one finds either nothing or all of it.
  const draft = join(KEPT, `${randomUUID()}.draft`);
  await writeFile(draft, code);
  await rename(draft, file);
  const outdated = (await readdir(KEPT)).filter((name) => name.endsWith('.js') && join(KEPT, name) !== file);
  await Promise.all(outdated.map((name) => rm(join(KEPT, name), { force: true })));
  return file;
}
