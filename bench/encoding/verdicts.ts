import type { Score } from '../race.js';
import { verdict, type Verdict } from '../verdicts.js';
import { besideRival, cpuPerRow, type Rival } from './per-row.js';

const XLSX_RIVALS: readonly Rival[] = [
  { name: 'rust_xlsxwriter', title: 'rust_xlsxwriter', target: 1.1 },
  { name: 'rust_xlsxwriter-zlib', title: 'rust_xlsxwriter with zlib', target: 1.1 },
  { name: 'excelize', title: 'excelize', target: 0.35 },
  { name: 'duckdb', title: 'DuckDB', target: 0.4 },
  { name: 'exceljs', title: 'exceljs', target: 0.12 },
];
const PDF_RIVALS: readonly Rival[] = [
  { name: 'fpdf', title: 'go fpdf', target: 0.8 },
  { name: 'pdfkit', title: 'pdfkit', target: 0.06 },
];

export const verdictsOfXlsx = (scores: readonly Score[]): Verdict[] =>
  XLSX_RIVALS.flatMap((rival) => besideRival(scores, rival));

export function verdictsOfPdf(scores: readonly Score[]): Verdict[] {
  const [all, tenth] = [cpuPerRow(scores, 'ours'), cpuPerRow(scores, 'ours-tenth')];
  return [
    ...PDF_RIVALS.flatMap((rival) => besideRival(scores, rival)),
    ...verdict(
      'CPU per row compared with a tenth of the rows',
      all === undefined || tenth === undefined ? undefined : all / tenth,
      1.1,
      '×',
    ),
  ];
}
