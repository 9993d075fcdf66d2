import pg from 'pg';
import { runCommand, tellingLine } from '../stack/run-command.js';
import { StackError } from '../stack/stack-error.js';

const PLUGIN = 'postgres12';
const TOOL_LIMIT_MS = 120_000;

/** The databases of a Temporal server: two on the same PostgreSQL server. */
export interface TemporalDatabases {
  readonly host: string;
  readonly port: string;
  readonly user: string;
  readonly password: string;
  readonly persistence: string;
  readonly visibility: string;
}

/**
 * Names Temporal's databases on a PostgreSQL server.
 * @param databaseUrl any database there, with a user who may create databases
 * @param name of the persistence database
 */
export function temporalDatabases(databaseUrl: string, name: string): TemporalDatabases {
  const { hostname: host, port, username, password } = new URL(databaseUrl);
  return {
    host,
    port: port === '' ? '5432' : port,
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    persistence: name,
    visibility: `${name}_visibility`,
  };
}

/**
 * Creates missing databases, with Temporal's tables.
 * @param tool the path of `temporal-sql-tool`
 * @throws StackError if the tool fails
 */
export async function createSchema(tool: string, databases: TemporalDatabases, signal: AbortSignal): Promise<void> {
  const { host, port, user, password, persistence, visibility } = databases;
  const client = new pg.Client({ host, port: Number(port), user, password, database: 'postgres' });
  await client.connect();
  try {
    const { rows } = await client.query<{ datname: string }>('SELECT datname FROM pg_database');
    const existing = rows.map(({ datname }) => datname);
    const missing = [persistence, visibility].filter((name) => !existing.includes(name));
    for (const name of missing) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
    const env = { SQL_PLUGIN: PLUGIN, SQL_HOST: host, SQL_PORT: port, SQL_USER: user, SQL_PASSWORD: password };
    await Promise.all(
      missing.map(async (name) => {
        const schema = `postgresql/v12/${name === visibility ? 'visibility' : 'temporal'}`;
        for (const step of [
          ['setup-schema', '-v', '0.0'],
          ['update-schema', '--schema-name', schema],
        ]) {
          const { ok, output } = await runCommand(tool, ['--db', name, ...step], {
            env,
            signal,
            timeoutMs: TOOL_LIMIT_MS,
          });
          if (!ok) throw new StackError(`Temporal's tables in ${name} could not be created: ${tellingLine(output)}`);
        }
      }),
    );
  } finally {
    await client.end();
  }
}

/** Environment variables for the configuration template inside Temporal's server. */
export const databaseEnv = (databases: TemporalDatabases): NodeJS.ProcessEnv => ({
  DB: PLUGIN,
  POSTGRES_SEEDS: databases.host,
  DB_PORT: databases.port,
  POSTGRES_USER: databases.user,
  POSTGRES_PWD: databases.password,
  DBNAME: databases.persistence,
  VISIBILITY_DBNAME: databases.visibility,
});
