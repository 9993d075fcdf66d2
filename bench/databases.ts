import pg from 'pg';

/** The URL of another database on the same server. */
export function urlOfDatabase(url: string, database: string): string {
  const address = new URL(url);
  address.pathname = `/${database}`;
  return address.href;
}

/** Runs one query on a new connection. */
export async function queryOnce(url: string, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Creates an empty database; with `keep`, only if it does not exist. */
export async function recreateDatabase(server: string, name: string, { keep = false } = {}): Promise<void> {
  const maintenance = urlOfDatabase(server, 'postgres');
  const exists = (await queryOnce(maintenance, 'SELECT datname FROM pg_database')).some(
    ({ datname }) => datname === name,
  );
  if (exists && keep) return;
  const quoted = pg.escapeIdentifier(name);
  if (exists) await queryOnce(maintenance, `DROP DATABASE ${quoted} WITH (FORCE)`);
  await queryOnce(maintenance, `CREATE DATABASE ${quoted}`);
}
