import { Runtime, bundleWorkflowCode } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FAILURE_CONVERTER } from '../shared/infrastructure/temporal.js';
import { filesIn, fingerprintOf } from '../shared/infrastructure/files.js';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Bundles of the same workflows, with different interceptors and converters. */
export interface Variant {
  /** Creates spans. Without it, the bundle contains nothing of OpenTelemetry. */
  readonly traced: boolean;
  /** Puts messages and stack traces of failures into a payload, which the codec encrypts. */
  readonly encrypted: boolean;
}
export const VARIANTS: readonly Variant[] = [
  { traced: false, encrypted: false },
  { traced: true, encrypted: false },
  { traced: false, encrypted: true },
  { traced: true, encrypted: true },
];
const nameOf = ({ traced, encrypted }: Variant): string =>
  ['workflows', ...(traced ? ['traced'] : []), ...(encrypted ? ['encrypted'] : [])].join('.');

/** Where `npm run build` leaves a bundle: beside the compiled worker. */
export const bundleFile = (variant: Variant): string => here(`${nameOf(variant)}.bundle.js`);
/** Where those made from source are kept, by what they are made of: bundling takes about two seconds of CPU. */
const KEPT = here('../.local/bundles');

/** Bundles the workflows. */
export async function bundleWorkflows({ traced, encrypted }: Variant): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: here('../workflows/'),
    workflowInterceptorModules: [
      ...(traced ? [here('../workflows/tracing-interceptors')] : []),
      here('../workflows/interceptors'),
    ],
    ...(encrypted ? { failureConverterPath: FAILURE_CONVERTER } : {}),
    logger: Runtime.instance().logger,
  });
  return code;
}

/** The file of the bundle: of the build, or else of the sources as they are. */
export async function workflowBundleFile(variant: Variant): Promise<string> {
  const built = bundleFile(variant);
  if (existsSync(built)) return built;
  const sources = [...(await filesIn(here('../workflows'))), ...(await filesIn(here('../shared')))];
  const print = await fingerprintOf([...sources, here('../package-lock.json')], here('..'));
  const prefix = `${nameOf(variant)}-`;
  const file = join(KEPT, `${prefix}${print}.js`);
  if (existsSync(file)) return file;
  const code = await bundleWorkflows(variant);
  await mkdir(KEPT, { recursive: true });
  // Renamed, so that a worker that starts beside this one finds either nothing or all of it.
  const draft = join(KEPT, `${randomUUID()}.draft`);
  await writeFile(draft, code);
  await rename(draft, file);
  const outdated = (await readdir(KEPT)).filter((name) => name.startsWith(prefix) && join(KEPT, name) !== file);
  await Promise.all(outdated.map((name) => rm(join(KEPT, name), { force: true })));
  return file;
}
