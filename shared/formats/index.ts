import { csv } from './csv/csv.js';
import type { Format } from './format.js';
import { json, ndjson } from './json/json.js';
import { parquet } from './parquet/parquet.js';
import { pdf } from './pdf/pdf.js';
import { tsv } from './tsv/tsv.js';
import { xlsx } from './xlsx/xlsx.js';

/** The formats by name. To add one, write its folder and add it here. */
export const FORMATS: ReadonlyMap<string, Format> = new Map(
  [csv, json, ndjson, parquet, pdf, tsv, xlsx].map((format) => [format.name, format]),
);

/** Names of the formats that bundles support. */
export const BUNDLE_FORMATS: readonly string[] = [...FORMATS.values()]
  .filter(({ inBundles }) => inBundles === true)
  .map(({ name }) => name);

/** @throws RangeError for an unknown name, as in a job of a newer version */
export function formatNamed(name: string): Format {
  const format = FORMATS.get(name);
  if (format === undefined) throw new RangeError(`There is no format ${name}.`);
  return format;
}
