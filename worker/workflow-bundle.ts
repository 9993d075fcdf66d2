import { Runtime, bundleWorkflowCode, type WorkflowBundle, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Where `npm run build` leaves the bundle: beside the compiled worker. */
export const BUNDLE_FILE = here('workflows.bundle.js');

/** Bundles the workflows; takes about two seconds of CPU. */
export const bundleWorkflows = (): Promise<WorkflowBundleWithSourceMap> =>
  bundleWorkflowCode({
    workflowsPath: here('../workflows/'),
    workflowInterceptorModules: [here('../workflows/interceptors')],
    logger: Runtime.instance().logger,
  });

/** The bundle of the build; from source, a fresh one. */
export const loadWorkflowBundle = async (): Promise<WorkflowBundle | { codePath: string }> =>
  existsSync(BUNDLE_FILE) ? { codePath: BUNDLE_FILE } : bundleWorkflows();
