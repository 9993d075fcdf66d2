import type { RowName } from '../options.js';
import { csvRow } from './csv.js';
import { gzipRow } from './gzip.js';
import { jsonRow } from './json.js';
import { latencyRow } from './latency.js';
import type { Row } from './row.js';
import { rowLaneRow } from './rowlane.js';
import { scaleRow } from './scale.js';

export const ROWS = {
  csv: csvRow,
  json: jsonRow,
  gzip: gzipRow,
  rowlane: rowLaneRow,
  scale: scaleRow,
  latency: latencyRow,
} satisfies Record<RowName, Row>;
