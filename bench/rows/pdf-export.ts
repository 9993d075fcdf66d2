import { pdf } from '../../shared/formats/pdf/pdf.js';
import { seededDatabase } from '../bench-stack.js';
import { serviceContestant } from '../contestants.js';
import { compete } from '../race.js';
import { exportRequest } from '../requests.js';
import { storeTarget } from '../target.js';
import { verdictsOfPdfExport } from '../verdicts.js';
import { withServices } from '../with-services.js';
import { raceReport, type Row } from './row.js';

/** Measures the memory of one worker that exports all rows as PDF. */
export const pdfExportRow: Row = async (lab, options) => {
  const { stack, progress, signal } = lab;
  const { rows, rounds } = options;
  const sourceUrl = await seededDatabase(stack, rows, progress, signal);
  const services = { pdf: { sourceUrl, s3Endpoint: stack.env.S3_ENDPOINT } };
  return withServices(lab, services, options, async ({ pdf: service }) => {
    const contestant = serviceContestant(
      { name: 'ours', title: 'export as PDF', target: storeTarget(stack), expected: {} },
      { service, request: exportRequest(pdf.name, {}) },
    );
    const scores = await compete([contestant], rounds, progress, signal);
    const verdicts = verdictsOfPdfExport(scores, rows);
    const bytes = scores[0]?.turns[0]?.bytes ?? 0;
    return raceReport({ name: 'pdf-export', title: 'PDF, exported', rows, bytes, scores, verdicts });
  });
};
