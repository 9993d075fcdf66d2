import { xlsx } from '../../shared/formats/xlsx/xlsx.js';
import { seededDatabase } from '../bench-stack.js';
import { serviceContestant } from '../contestants.js';
import { COPY_OPTIONS, psqlCopy } from '../psql.js';
import { compete } from '../race.js';
import { referenceOf } from '../reference.js';
import { exportRequest, plainCsv, wholeSelect } from '../requests.js';
import { storeTarget } from '../target.js';
import { verdictsOfXlsxExport } from '../verdicts.js';
import { withServices } from '../with-services.js';
import { raceReport, type Row } from './row.js';

const WORKERS = ['all', 'all'] as const;

/** All rows as a workbook by two worker processes, compared with one process, and with the same rows as CSV. */
export const xlsxExportRow: Row = async (lab, options, { psql }) => {
  const { stack, progress, signal } = lab;
  const { rows, rounds } = options;
  const sourceUrl = await seededDatabase(stack, rows, progress, signal);
  const common = { sourceUrl, s3Endpoint: stack.env.S3_ENDPOINT };
  const services = { xlsx: { ...common, workers: WORKERS }, xlsx1: common };
  return withServices(lab, services, options, async ({ xlsx: service, xlsx1: single }) => {
    const printed = psqlCopy(psql, sourceUrl, wholeSelect(), COPY_OPTIONS.csv);
    const file = await progress.step('What psql prints', () => referenceOf(printed, signal));
    const target = storeTarget(stack);
    const request = exportRequest(xlsx.name, {});
    const contestants = [
      serviceContestant(
        { name: 'ours-csv', title: 'export as CSV', target, expected: { file } },
        { service, request: plainCsv },
      ),
      serviceContestant(
        { name: 'ours', title: `export as XLSX, ${WORKERS.length} processes`, target, expected: {} },
        { service, request },
      ),
      serviceContestant(
        { name: 'ours-one', title: 'export as XLSX, one process', target, expected: {} },
        { service: single, request },
      ),
    ];
    const scores = await compete(contestants, rounds, progress, signal);
    const verdicts = verdictsOfXlsxExport(scores);
    const bytes = scores.at(-1)?.turns[0]?.bytes ?? 0;
    const more = { workers: WORKERS.length };
    return raceReport({ name: 'xlsx-export', title: 'XLSX, exported', rows, bytes, scores, verdicts, more });
  });
};
