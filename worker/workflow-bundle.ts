import { DefaultLogger, bundleWorkflowCode } from '@temporalio/worker';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FAILURE_CONVERTER } from '../shared/temporal/client.js';
import { filesIn, fingerprintOf } from '../shared/process/files.js';
import { keptBundle } from './kept-bundle.js';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Bundles contain the same workflows with different interceptors and converters. */
export interface Variant {
  /** Creates spans. Without it, the bundle doesn't include OpenTelemetry. */
  readonly traced: boolean;
  /** Moves messages and stack traces of failures into a payload, which the codec encrypts. */
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

/** Where `npm run build` writes a bundle: next to the compiled worker. */
export const bundleFile = (variant: Variant): string => here(`${nameOf(variant)}.bundle.js`);
/** Cache for bundles made from source, by content hash: bundling takes about two seconds of CPU. */
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
    // Not the runtime's logger: using it would create a default runtime, and ours could no longer be installed.
    logger: new DefaultLogger('ERROR'),
  });
  return code;
}

const found = new Map<string, Promise<string>>();

/**
 * The bundle's file: from the build if there is one, otherwise made from the sources. A process keeps using the first
 * result, even if the sources change while it runs.
 */
export function workflowBundleFile(variant: Variant): Promise<string> {
  const name = nameOf(variant);
  const finding = found.get(name) ?? findBundle(variant);
  found.set(name, finding);
  finding.catch(() => found.delete(name));
  return finding;
}

async function findBundle(variant: Variant): Promise<string> {
  const built = bundleFile(variant);
  if (existsSync(built)) return built;
  const sources = [...(await filesIn(here('../workflows'))), ...(await filesIn(here('../shared')))];
  const print = await fingerprintOf([...sources, here('../package-lock.json')], here('..'));
  return keptBundle(KEPT, nameOf(variant), print, () => bundleWorkflows(variant));
}
