import { createRequire } from 'node:module';
import type * as PdfLib from 'pdf-lib';

const require = createRequire(import.meta.url);

/** Loaded when the first file is finished: it takes half a second, and neither the API nor a segment needs it. */
export const pdfLib = (): typeof PdfLib => require('pdf-lib') as typeof PdfLib;
