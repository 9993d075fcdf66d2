/**
 * The textbook pipeline, as well as it can be written from its packages' documentation: rows from a cursor as objects,
 * CSV from batches of them, and a multipart upload. It runs in one process without checkpoints, so an interruption
 * loses everything.
 *
 * `node textbook.js`, configured by its environment: AWS_* and S3_ENDPOINT in addition to what is read below. It shares
 * no code with the service.
 */
import { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { Readable } from 'node:stream';
import Papa from 'papaparse';
import pg from 'pg';
import QueryStream from 'pg-query-stream';

type Row = Readonly<Record<string, unknown>>;

/** Smaller batches cost papaparse more, larger ones don't cost less. */
const ROWS_AT_A_TIME = 1000;
const NEWLINE = '\r\n';

async function* csvOf(rows: AsyncIterable<Row>): AsyncGenerator<string> {
  let batch: Row[] = [];
  let header = true;
  const write = (): string => {
    const text = Papa.unparse(batch, { header, newline: NEWLINE });
    batch = [];
    header = false;
    return text + NEWLINE;
  };
  for await (const row of rows) {
    batch.push(row);
    if (batch.length === ROWS_AT_A_TIME) yield write();
  }
  if (batch.length > 0) yield write();
}

const { SOURCE_DATABASE_URL, S3_ENDPOINT = '', S3_REGION = '', SELECT = '', BUCKET, KEY } = process.env;

const client = new pg.Client({ connectionString: SOURCE_DATABASE_URL });
await client.connect();
const s3 = new S3Client({ endpoint: S3_ENDPOINT, region: S3_REGION, forcePathStyle: true });
try {
  // The package's default batch size of a hundred rows.
  const rows: AsyncIterable<Row> = client.query(new QueryStream(SELECT));
  const upload = new Upload({ client: s3, params: { Bucket: BUCKET, Key: KEY, Body: Readable.from(csvOf(rows)) } });
  await upload.done();
} finally {
  await client.end();
  s3.destroy();
}
