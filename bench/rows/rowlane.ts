import { join } from 'node:path';
import { seededDatabase } from '../bench-stack.js';
import { readCsvRows } from '../content.js';
import { pipelineContestant, serviceContestant, type Contestant } from '../contestants.js';
import { COPY_OPTIONS, psqlCopy } from '../psql.js';
import { compete } from '../race.js';
import { referenceOf, rowsOf } from '../reference.js';
import { wholeSelect } from '../requests.js';
import {
  COMPUTED_ORDERS,
  computedCsvColumns,
  computedJsonColumns,
  plainCsvColumns,
  plainJsonColumns,
} from '../row-lane.js';
import { storeTarget } from '../target.js';
import { verdictsOfRowLane } from '../verdicts.js';
import { withServices } from '../with-services.js';
import { raceReport, type Row } from './row.js';

/** All rows with one column computed in JavaScript, compared with the text lane and with the textbook. */
export const rowLaneRow: Row = async (lab, options, { psql }) => {
  const { stack, programs, dist, progress, signal } = lab;
  const { rows, rounds } = options;
  const sourceUrl = await seededDatabase(stack, rows, progress, signal);
  const s3Endpoint = stack.env.S3_ENDPOINT;
  const services = { rowlane: { sourceUrl, s3Endpoint, env: { DATASETS_MODULE: COMPUTED_ORDERS } } };
  return withServices(lab, services, options, async ({ rowlane: service }) => {
    const printed = psqlCopy(psql, sourceUrl, wholeSelect(), COPY_OPTIONS.csvWithoutHeader);
    const file = await progress.step('What psql prints', () => referenceOf(printed, signal));
    const target = storeTarget(stack);
    const { address, bucket } = target;
    const env = {
      ...{ SOURCE_DATABASE_URL: sourceUrl, SELECT: wholeSelect(), BUCKET: bucket },
      ...{ S3_ENDPOINT: address.endpoint, S3_REGION: address.region },
      ...{ AWS_ACCESS_KEY_ID: address.accessKeyId, AWS_SECRET_ACCESS_KEY: address.secretAccessKey },
    };
    const textbook = [process.execPath, join(dist, 'bench', 'textbook.js')];
    const content = { read: readCsvRows, is: await rowsOf(sourceUrl) };
    const contestants: Contestant[] = [
      serviceContestant(
        { name: 'ours', title: 'export, row lane', target, expected: { file } },
        { service, request: computedCsvColumns },
      ),
      serviceContestant(
        { name: 'ours-text', title: 'export, text lane', target, expected: { file } },
        { service, request: plainCsvColumns },
      ),
      pipelineContestant(
        { name: 'textbook', title: 'textbook', target, expected: { content } },
        {
          programs,
          extension: 'csv',
          pipelineTo: (key) => ({ stages: [textbook], env: { ...env, KEY: key } }),
        },
      ),
      // The bytes differ, because every row contains the computed column's own name.
      serviceContestant(
        { name: 'ours-json', title: 'export, row lane, JSON', target, expected: {} },
        { service, request: computedJsonColumns },
      ),
      serviceContestant(
        { name: 'ours-json-text', title: 'export, text lane, JSON', target, expected: {} },
        { service, request: plainJsonColumns },
      ),
    ];
    const scores = await compete(contestants, rounds, progress, signal);
    const verdicts = verdictsOfRowLane(scores);
    const more = { file };
    return raceReport({ name: 'rowlane', title: 'Row lane', rows, bytes: file.bytes, scores, verdicts, more });
  });
};
