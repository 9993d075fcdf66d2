import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parquet } from '../../shared/formats/parquet/parquet.js';
import { BENCH_DIR, seededDatabase } from '../bench-stack.js';
import type { Facts } from '../content.js';
import { serviceContestant, type Contestant } from '../contestants.js';
import { DUCKDB_VERSION, findDuckDb } from '../duckdb.js';
import { encoderContestants, type Encoder } from '../encoding/contestants.js';
import { copyCsv } from '../encoding/copy-files.js';
import { duckDbEncoders, factsOfOrders, pyarrowEncoder, readParquet } from '../parquet-rivals.js';
import { compete } from '../race.js';
import { parquetTable } from '../report.js';
import { exportRequest } from '../requests.js';
import { storeTarget } from '../target.js';
import { verdictsOfParquet } from '../verdicts.js';
import { withServices } from '../with-services.js';
import { raceReport, type Row } from './row.js';

const CODECS = ['snappy', 'zstd'] as const;

/**
 * All rows as Parquet: the service, to the store, compared with programs that write to disk. Compares the CPU
 * of the program and of PostgreSQL together.
 */
export const parquetRow: Row = async (lab, options, { psql }) => {
  const { stack, progress, signal } = lab;
  const { rows, rounds } = options;
  const duckDb = await findDuckDb(progress, signal);
  const sourceUrl = await seededDatabase(stack, rows, progress, signal);
  const folder = join(BENCH_DIR, 'encoded');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  const services = { parquet: { sourceUrl, s3Endpoint: stack.env.S3_ENDPOINT } };
  try {
    return await withServices(lab, services, options, async ({ parquet: service }) => {
      const facts = await factsOfOrders(sourceUrl);
      const read = async (path: string): Promise<Facts> =>
        duckDb === undefined ? { rows } : readParquet(duckDb, path, signal);
      const content = {
        is: facts,
        async read(bytes: AsyncIterable<Uint8Array>): Promise<Facts> {
          const path = join(folder, 'stored.parquet');
          await pipeline(bytes, createWriteStream(path));
          return read(path);
        },
      };
      const ours = CODECS.map((compression) =>
        serviceContestant(
          {
            name: compression === 'snappy' ? 'ours' : `ours-${compression}`,
            title: `export, ${compression}`,
            target: storeTarget(stack),
            expected: { content },
          },
          { service, request: exportRequest(parquet.name, { compression }) },
        ),
      );
      const csv = join(folder, 'orders.csv');
      await progress.step('Orders as CSV', () => copyCsv({ psql, sourceUrl, rows, file: csv, signal }));
      const encoders: (Encoder | undefined)[] = [
        ...(duckDb === undefined ? [] : duckDbEncoders(duckDb, sourceUrl, rows)),
        await pyarrowEncoder(lab, csv, rows),
      ];
      const rivals = encoders.flatMap((encoder) => (encoder === undefined ? [] : [encoder]));
      const work = { lab, folder, extension: 'parquet', read, facts };
      const contestants: Contestant[] = [...ours, ...rivals.flatMap((rival) => encoderContestants(rival, work))];
      const scores = await compete(contestants, rounds, progress, signal);
      const verdicts = verdictsOfParquet(scores);
      const bytes = scores[0]?.turns[0]?.bytes ?? 0;
      const more = { duckdb: duckDb === undefined ? null : DUCKDB_VERSION };
      return raceReport({
        ...{ name: 'parquet', title: 'Parquet', rows, bytes, scores, verdicts, more },
        tableOf: parquetTable,
      });
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
