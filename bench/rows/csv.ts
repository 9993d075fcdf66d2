import { seededDatabase } from '../bench-stack.js';
import { rcloneContestant, serviceContestant, type Contestant } from '../contestants.js';
import { COPY_OPTIONS, psqlCopy } from '../psql.js';
import { compete } from '../race.js';
import { referenceOf } from '../reference.js';
import { escapedCsv, plainCsv, wholeSelect } from '../requests.js';
import { startSink } from '../sink/start.js';
import { sinkTarget, storeTarget } from '../target.js';
import { verdictsOfCsv } from '../verdicts.js';
import { withServices } from '../with-services.js';
import { raceReport, type Row } from './row.js';

/** Polling interval for measuring how smoothly progress moves, ms. */
const IMPATIENT_MS = 250;

/** All rows as CSV: the service compared with `psql | rclone`, to an S3 store and to one that discards its input. */
export const csvRow: Row = async (lab, options, { psql, rclone }) => {
  const { stack, programs, progress, signal } = lab;
  const { rows, rounds } = options;
  const sourceUrl = await seededDatabase(stack, rows, progress, signal);
  const sink = await progress.step('Discarding sink', () => startSink(programs));
  const services = {
    store: { sourceUrl, s3Endpoint: stack.env.S3_ENDPOINT },
    sink: { sourceUrl, s3Endpoint: sink.endpoint },
  };
  return withServices(lab, services, options, async (service) => {
    const stages = [psqlCopy(psql, sourceUrl, wholeSelect(), COPY_OPTIONS.csv)] as const;
    const file = await progress.step('What psql prints', () => referenceOf(stages[0], signal));
    const [toStore, toSink] = [storeTarget(stack), sinkTarget(stack, sink)];
    const theirs = { programs, rclone, stages, extension: 'csv' };
    const expected = { file };
    const contestants: Contestant[] = [
      serviceContestant(
        { name: 'ours', title: 'export to the store', target: toStore, expected },
        { service: service.store, request: plainCsv },
      ),
      rcloneContestant({ name: 'rclone', title: 'psql | rclone to the store', target: toStore, expected }, theirs),
      serviceContestant(
        { name: 'ours-sink', title: 'export to the sink', target: toSink, expected },
        { service: service.sink, request: plainCsv },
      ),
      rcloneContestant({ name: 'rclone-sink', title: 'psql | rclone to the sink', target: toSink, expected }, theirs),
      serviceContestant(
        // Its bytes differ from psql's.
        { name: 'ours-escaped', title: 'export to the store, formulas escaped', target: toStore, expected: {} },
        { service: service.store, request: escapedCsv, watchEveryMs: IMPATIENT_MS },
      ),
    ];
    const scores = await compete(contestants, rounds, progress, signal);
    const verdicts = verdictsOfCsv(scores, rows);
    return raceReport({ name: 'csv', title: 'CSV', rows, bytes: file.bytes, scores, verdicts, more: { file } });
  });
};
