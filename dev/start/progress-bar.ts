import type { StartedExport } from './job.js';

const WIDTH = 30;

/** `  ██████████░░░░░░░░░░ 50%  100,000 of 200,000 rows  220,000 rows/s` */
export function progressBar(job: StartedExport, seconds: number): string {
  const filled = Math.round((WIDTH * job.progress) / 100);
  const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
  const rows = job.row_count ?? job.rows_exported;
  const total = job.total_rows === null ? '' : ` of ${count(job.total_rows)}`;
  const rate = seconds > 0 ? `  ${count(Math.round(rows / seconds))} rows/s` : '';
  return `  ${bar} ${String(job.progress).padStart(3)}%  ${count(rows)}${total} rows${rate}`;
}

/** `1,234,567` */
export const count = (number: number): string => number.toLocaleString('en');
