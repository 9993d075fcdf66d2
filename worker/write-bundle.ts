import { writeFile } from 'node:fs/promises';
import { VARIANTS, bundleFile, bundleWorkflows } from './workflow-bundle.js';

/** The last step of `npm run build`, so that production workers don't bundle at startup. */
for (const variant of VARIANTS) await writeFile(bundleFile(variant), await bundleWorkflows(variant));
