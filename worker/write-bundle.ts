import { writeFile } from 'node:fs/promises';
import { VARIANTS, bundleFile, bundleWorkflows } from './workflow-bundle.js';

/** The last step of `npm run build`: production workers start without bundling. */
for (const variant of VARIANTS) await writeFile(bundleFile(variant), await bundleWorkflows(variant));
