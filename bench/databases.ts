import pg from 'pg';

/** The address of another database of the same server. */
export function databaseUrl(url: string, database: string): string {
  const address = new URL(url);
  address.pathname = `/${database}`;
  return address.href;
}

/** One query on a connection of its own. */
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

/** Makes an empty database; with `keep`, only when there is none of that name. */
export async function recreateDatabase(server: string, name: string, { keep = false } = {}): Promise<void> {
  const maintenance = databaseUrl(server, 'postgres');
  const exists = (await queryOnce(maintenance, 'SELECT datname FROM pg_database')).some(
    ({ datname }) => datname === name,
  );
  if (exists && keep) return;
  const quoted = pg.escapeIdentifier(name);
  if (exists) await queryOnce(maintenance, `DROP DATABASE ${quoted} WITH (FORCE)`);
  await queryOnce(maintenance, `CREATE DATABASE ${quoted}`);
}
