import { seededDatabase } from '../bench-stack.js';
import { rcloneContestant, serviceContestant, type Contestant } from '../contestants.js';
import { COPY_OPTIONS, psqlCopy } from '../psql.js';
import { compete } from '../race.js';
import { referenceOf } from '../reference.js';
import { plainCsv, wholeSelect } from '../requests.js';
import { storeTarget } from '../target.js';
import { verdictsOfSort } from '../verdicts.js';
import { withServices } from '../with-services.js';
import { raceReport, type Row } from './row.js';

/** In the order in which the rows are stored, and in one that has nothing to do with it. */
const SORTS = [
  { name: 'stored', sort: '-placed_at', title: 'newest first' },
  { name: 'scattered', sort: 'customer_id', title: 'by customer' },
] as const;

/** All rows, sorted by an indexed column: compared with the unsorted export, and with `psql … ORDER BY | rclone`. */
export const sortRow: Row = async (lab, options, { psql, rclone }) => {
  const { stack, programs, progress, signal } = lab;
  const { rows, rounds } = options;
  const sourceUrl = await seededDatabase(stack, rows, progress, signal);
  const services = { sorting: { sourceUrl, s3Endpoint: stack.env.S3_ENDPOINT } };
  return withServices(lab, services, options, async ({ sorting: service }) => {
    const target = storeTarget(stack);
    const printedBy = (sort?: string) => psqlCopy(psql, sourceUrl, wholeSelect(sort), COPY_OPTIONS.csv);
    const file = await progress.step('What psql prints', () => referenceOf(printedBy(), signal));
    const contestants: Contestant[] = [
      serviceContestant(
        { name: 'ours', title: 'export, unsorted', target, expected: { file } },
        { service, request: plainCsv },
      ),
    ];
    for (const { name, sort, title } of SORTS) {
      const printed = printedBy(sort);
      const expected = { file: await progress.step(`What psql prints, ${title}`, () => referenceOf(printed, signal)) };
      contestants.push(
        serviceContestant(
          { name: `ours-${name}`, title: `export, ${title}`, target, expected },
          { service, request: { ...plainCsv, sort } },
        ),
        rcloneContestant(
          { name: `psql-${name}`, title: `psql, ${title} | rclone`, target, expected },
          { programs, rclone, stages: [printed], extension: 'csv' },
        ),
      );
    }
    const scores = await compete(contestants, rounds, progress, signal);
    const verdicts = verdictsOfSort(scores);
    return raceReport({ name: 'sort', title: 'Sort', rows, bytes: file.bytes, scores, verdicts, more: { file } });
  });
};
