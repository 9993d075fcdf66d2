import { json } from '../../shared/formats/json/json.js';
import { seededDatabase } from '../bench-stack.js';
import { readLines } from '../content.js';
import { rcloneContestant, serviceContestant, type Contestant } from '../contestants.js';
import { DUCKDB_VERSION, duckDbJson, findDuckDb } from '../duckdb.js';
import { COPY_OPTIONS, psqlCopy } from '../psql.js';
import { compete } from '../race.js';
import { referencesOfJson, rowsOf } from '../reference.js';
import { exportRequest, wholeSelectOfJson } from '../requests.js';
import { storeTarget } from '../target.js';
import { verdictsOfJson } from '../verdicts.js';
import { withServices } from '../with-services.js';
import { raceReport, type Row } from './row.js';

/**
 * All rows as JSON: the service compared with `psql`, whose server creates the JSON, and with DuckDB, which creates its
 * own.
 */
export const jsonRow: Row = async (lab, options, { psql, rclone }) => {
  const { stack, programs, progress, signal } = lab;
  const { rows, rounds } = options;
  const duckDb = await findDuckDb(progress, signal);
  const sourceUrl = await seededDatabase(stack, rows, progress, signal);
  const services = { json: { sourceUrl, s3Endpoint: stack.env.S3_ENDPOINT } };
  return withServices(lab, services, options, async (service) => {
    const rowToJson = psqlCopy(psql, sourceUrl, wholeSelectOfJson(), COPY_OPTIONS.plain);
    const { lines, array } = await progress.step('What psql prints', () => referencesOfJson(rowToJson, signal));
    const target = storeTarget(stack);
    const theirs = { programs, rclone, extension: 'ndjson' };
    const contestants: Contestant[] = [
      serviceContestant(
        { name: 'ours', title: 'export as JSON', target, expected: { file: array } },
        { service: service.json, request: exportRequest(json.name, {}) },
      ),
      rcloneContestant(
        { name: 'psql-json', title: 'psql row_to_json | rclone', target, expected: { file: lines } },
        { ...theirs, stages: [rowToJson] },
      ),
    ];
    if (duckDb !== undefined) {
      const content = { read: readLines, is: await rowsOf(sourceUrl) };
      contestants.push(
        rcloneContestant(
          { name: 'duckdb-json', title: 'DuckDB, reading PostgreSQL | rclone', target, expected: { content } },
          { ...theirs, stages: [duckDbJson(duckDb, sourceUrl)] },
        ),
      );
    }
    const scores = await compete(contestants, rounds, progress, signal);
    const verdicts = verdictsOfJson(scores);
    const more = { file: array, duckdb: duckDb === undefined ? null : DUCKDB_VERSION };
    return raceReport({ name: 'json', title: 'JSON', rows, bytes: array.bytes, scores, verdicts, more });
  });
};
