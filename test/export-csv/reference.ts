import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';

/** What PostgreSQL itself writes for a query: the files that an export must equal. */

export interface Reference {
  readonly databaseUrl: string;
  /** A single SELECT on one line. */
  readonly select: string;
  readonly timezone?: string;
  /** Options of COPY. Default: those that match an export without options. */
  readonly settings?: string;
}

/** `COPY (…) TO STDOUT (…)` through the driver. */
export async function copyOf({
  databaseUrl,
  select,
  timezone = 'UTC',
  settings = 'FORMAT csv, HEADER',
}: Reference): Promise<Buffer> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(`SELECT set_config('TimeZone', $1, false)`, [timezone]);
    return await buffer(client.query(copyTo(`COPY (${select}) TO STDOUT (${settings})`)));
  } finally {
    await client.end();
  }
}

/** The SHA-256 of what COPY writes, without holding it in memory. */
export async function hashOfCopy({ databaseUrl, select, settings = '' }: Reference): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const hash = createHash('sha256');
  try {
    const rows = client.query(copyTo(`COPY (${select}) TO STDOUT (${settings})`));
    for await (const chunk of rows) hash.update(chunk as Buffer);
  } finally {
    await client.end();
  }
  return hash.digest('hex');
}

/** `psql -c '\copy (…) to stdout csv header'`; null if psql isn't installed. */
export function psqlCopyOf({ databaseUrl, select, timezone = 'UTC' }: Reference): Promise<Buffer | null> {
  const args = ['-X', '-q', '-d', databaseUrl, '-c', `\\copy (${select}) to stdout csv header`];
  const env = { PATH: process.env.PATH, PGTZ: timezone, PGCLIENTENCODING: 'UTF8', PGCONNECT_TIMEOUT: '10' };
  return new Promise((resolve, reject) => {
    execFile('psql', args, { encoding: 'buffer', env, maxBuffer: 1 << 28, timeout: 30_000 }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else if (error.code === 'ENOENT') resolve(null);
      else reject(new Error(`psql failed: ${error.message}`));
    });
  });
}
