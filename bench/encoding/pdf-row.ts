import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ifAvailable } from '../if-available.js';
import { compete } from '../race.js';
import { encoderTable } from '../report.js';
import { raceReport, type Row } from '../rows/row.js';
import { buildRivals } from './build-rivals.js';
import { encoderContestants, type Encoder } from './contestants.js';
import { readPdfPages } from './read-pdf.js';
import { verdictsOfPdf } from './verdicts.js';
import { withOrders } from './with-orders.js';

/** pdfkit takes two minutes for a million rows; its cost per row is measured with fewer. */
const PDFKIT_ROWS = 20_000;

const FONT = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');

/** Measures encoding only: from a file with rows of text to a file with pages. */
export const pdfRow: Row = (lab, { rows, rounds }, { psql }) =>
  withOrders(lab, { format: 'PDF', rows, psql }, async ({ folder, plain, ours }) => {
    const { progress, signal } = lab;
    const rival = async (name: string, title: string, count: number, program: readonly string[]): Promise<Encoder> => {
      const input = await plain(count);
      const encode = (output: string): string[] => [...program, input, output];
      const parse = (output: string): string[] => [...program, '--parse', input, output];
      return { name, title, rows: count, encode, parse, env: { FONT } };
    };
    const tenth = Math.max(1, Math.round(rows / 10));
    const encoders: Encoder[] = [
      { name: 'ours', title: 'service', rows, ...(await ours(rows)) },
      { name: 'ours-tenth', title: 'service, a tenth', rows: tenth, ...(await ours(tenth)) },
    ];
    const go = await ifAvailable('go fpdf', lab, () => buildRivals.go(signal));
    if (go !== undefined) encoders.push(await rival('fpdf', 'go fpdf', rows, [join(go, 'fpdf')]));
    const node = await ifAvailable('pdfkit', lab, () => buildRivals.node(signal));
    if (node !== undefined) {
      const count = Math.min(rows, PDFKIT_ROWS);
      encoders.push(await rival('pdfkit', 'pdfkit', count, [process.execPath, join(node, 'pdfkit.mjs')]));
    }

    const work = { lab, folder, extension: 'pdf', read: readPdfPages };
    const contestants = encoders.flatMap((encoder) => encoderContestants(encoder, work));
    const scores = await compete(contestants, rounds, progress, signal);
    const bytes = scores[0]?.turns[0]?.bytes ?? 0;
    const verdicts = verdictsOfPdf(scores);
    const report = { name: 'pdf', title: 'PDF, encoding only', rows, bytes, scores, verdicts };
    return raceReport({ ...report, tableOf: encoderTable });
  });
