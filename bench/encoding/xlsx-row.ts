import { join } from 'node:path';
import type { Contestant } from '../contestants.js';
import { DUCKDB_VERSION, findDuckDb } from '../duckdb.js';
import { ifAvailable } from '../if-available.js';
import { compete } from '../race.js';
import { encoderTable } from '../report.js';
import { raceReport, type Row } from '../rows/row.js';
import { buildRivals } from './build-rivals.js';
import { encoderContestants, type Encoder } from './contestants.js';
import { duckDbXlsx, loadDuckDb } from './duckdb-xlsx.js';
import { readXlsxRows } from './read-xlsx.js';
import { verdictsOfXlsx } from './verdicts.js';
import { withOrders } from './with-orders.js';

/** With more rows we would write several sheets, and the others would exceed one. */
const MOST_ROWS = 1_000_000;

/** Measures encoding only: from a file with rows of text to a workbook. */
export const xlsxRow: Row = (lab, options, { psql }) => {
  const rows = Math.min(options.rows, MOST_ROWS);
  return withOrders(lab, { format: 'XLSX', rows, psql }, async ({ folder, sourceUrl, plain, ours }) => {
    const { progress, signal } = lab;
    const input = await plain(rows);
    const rival = (name: string, title: string, program: readonly string[]): Encoder => {
      const encode = (output: string): string[] => [...program, input, output];
      return { name, title, rows, encode, parse: (output) => [...program, '--parse', input, output] };
    };
    const encoders: Encoder[] = [{ name: 'ours', title: 'service', rows, ...(await ours(rows)) }];
    for (const [name, feature] of [
      ['rust_xlsxwriter', undefined],
      ['rust_xlsxwriter-zlib', 'zlib'],
    ] as const) {
      const title = feature === undefined ? 'rust_xlsxwriter' : `rust_xlsxwriter with ${feature}`;
      const rust = await ifAvailable(title, lab, () => buildRivals.rust(signal, feature));
      if (rust !== undefined) encoders.push(rival(name, title, [join(rust, 'rust_xlsxwriter')]));
    }
    const go = await ifAvailable('excelize', lab, () => buildRivals.go(signal));
    if (go !== undefined) encoders.push(rival('excelize', 'excelize', [join(go, 'excelize')]));
    const duckDb = await findDuckDb(progress, signal);
    if (duckDb !== undefined) {
      const database = join(folder, 'orders.duckdb');
      await progress.step('Orders in DuckDB', () => loadDuckDb(duckDb, sourceUrl, database, signal));
      const encode = (output: string) => duckDbXlsx(duckDb, database, output);
      encoders.push({ name: 'duckdb', title: 'DuckDB, from its own table', rows, encode });
    }
    const node = await ifAvailable('exceljs', lab, () => buildRivals.node(signal));
    if (node !== undefined) encoders.push(rival('exceljs', 'exceljs', [process.execPath, join(node, 'exceljs.mjs')]));

    const work = { lab, folder, extension: 'xlsx', read: readXlsxRows };
    const contestants: Contestant[] = encoders.flatMap((encoder) => encoderContestants(encoder, work));
    const scores = await compete(contestants, options.rounds, progress, signal);
    const bytes = scores[0]?.turns[0]?.bytes ?? 0;
    const verdicts = verdictsOfXlsx(scores);
    const more = { duckdb: duckDb === undefined ? null : DUCKDB_VERSION };
    const report = { name: 'xlsx', title: 'XLSX, encoding only', rows, bytes, scores, verdicts, more };
    return raceReport({ ...report, tableOf: encoderTable });
  });
};
