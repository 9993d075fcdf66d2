import { writeFile } from 'node:fs/promises';
import { BUNDLE_FILE, bundleWorkflows } from './workflow-bundle.js';

/** The last step of `npm run build`: production workers start without bundling. */
await writeFile(BUNDLE_FILE, await bundleWorkflows());
