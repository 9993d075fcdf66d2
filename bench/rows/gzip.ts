import { csv } from '../../shared/formats/csv/csv.js';
import { seededDatabase } from '../bench-stack.js';
import { readUnpacked } from '../content.js';
import { rcloneContestant, serviceContestant, type Contestant } from '../contestants.js';
import { findOnPath } from '../../dev/find-on-path.js';
import { COPY_OPTIONS, psqlCopy } from '../psql.js';
import { compete } from '../race.js';
import { referenceOf } from '../reference.js';
import { exportRequest, plainCsv, wholeSelect } from '../requests.js';
import { storeTarget } from '../target.js';
import { verdictsOfGzip } from '../verdicts.js';
import { withServices } from '../with-services.js';
import { raceReport, type Row } from './row.js';

/** At their fastest level, like the service. */
const COMPRESSORS = ['gzip', 'pigz'] as const;
const LEVEL = '-1';

/** All rows as compressed CSV, compared with the same export uncompressed and with `psql | gzip | rclone`. */
export const gzipRow: Row = async (lab, options, { psql, rclone }) => {
  const { stack, programs, progress, signal } = lab;
  const { rows, rounds } = options;
  const sourceUrl = await seededDatabase(stack, rows, progress, signal);
  const services = { gzip: { sourceUrl, s3Endpoint: stack.env.S3_ENDPOINT } };
  return withServices(lab, services, options, async ({ gzip: service }) => {
    const printed = psqlCopy(psql, sourceUrl, wholeSelect(), COPY_OPTIONS.csv);
    const file = await progress.step('What psql prints', () => referenceOf(printed, signal));
    const target = storeTarget(stack);
    const packed = { content: { read: readUnpacked, is: { ...file } } };
    const contestants: Contestant[] = [
      serviceContestant(
        { name: 'ours-plain', title: 'export, plain', target, expected: { file } },
        { service, request: plainCsv },
      ),
      serviceContestant(
        { name: 'ours', title: 'export, gzip', target, expected: packed },
        { service, request: exportRequest(csv.name, { ...plainCsv.options, compression: 'gzip' }) },
      ),
    ];
    for (const name of COMPRESSORS) {
      const program = await findOnPath(name);
      if (program === undefined) continue;
      contestants.push(
        rcloneContestant(
          { name, title: `psql | ${name} ${LEVEL} | rclone`, target, expected: packed },
          { programs, rclone, extension: 'csv.gz', stages: [printed, [program, LEVEL]] },
        ),
      );
    }
    const scores = await compete(contestants, rounds, progress, signal);
    const verdicts = verdictsOfGzip(scores);
    return raceReport({ name: 'gzip', title: 'gzip', rows, bytes: file.bytes, scores, verdicts, more: { file } });
  });
};
