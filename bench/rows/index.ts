import { pdfRow } from '../encoding/pdf-row.js';
import { xlsxRow } from '../encoding/xlsx-row.js';
import type { RowName } from '../options.js';
import { clusterRow } from '../cluster/row.js';
import { csvRow } from './csv.js';
import { fairnessRow } from './fairness.js';
import { gzipRow } from './gzip.js';
import { jsonRow } from './json.js';
import { latencyRow } from './latency.js';
import { loadRow } from './load.js';
import { parquetRow } from './parquet.js';
import { pdfExportRow } from './pdf-export.js';
import { previewRow } from './preview.js';
import type { Row } from './row.js';
import { rowLaneRow } from './rowlane.js';
import { scaleRow } from './scale.js';
import { sortRow } from './sort.js';
import { xlsxExportRow } from './xlsx-export.js';

export const ROWS = {
  csv: csvRow,
  json: jsonRow,
  gzip: gzipRow,
  rowlane: rowLaneRow,
  scale: scaleRow,
  sort: sortRow,
  preview: previewRow,
  latency: latencyRow,
  load: loadRow,
  fairness: fairnessRow,
  cluster: clusterRow,
  xlsx: xlsxRow,
  'xlsx-export': xlsxExportRow,
  pdf: pdfRow,
  'pdf-export': pdfExportRow,
  parquet: parquetRow,
} satisfies Record<RowName, Row>;
