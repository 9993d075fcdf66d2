import { csv } from './csv.js';
import type { Format } from './format.js';
import { json, ndjson } from './json.js';
import { pdf } from './pdf.js';
import { tsv } from './tsv.js';
import { xlsx } from './xlsx.js';

/** The formats by name. A new one is one file and one line here. */
export const FORMATS: ReadonlyMap<string, Format> = new Map(
  [csv, json, ndjson, pdf, tsv, xlsx].map((format) => [format.name, format]),
);

/** @throws RangeError for a name that is in no registry: a job of a newer version. */
export function formatNamed(name: string): Format {
  const format = FORMATS.get(name);
  if (format === undefined) throw new RangeError(`There is no format ${name}.`);
  return format;
}
