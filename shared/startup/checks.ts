import { Connection, isGrpcServiceError, type Client, type ConnectionLike } from '@temporalio/client';
import { messageOf } from '../errors.js';
import { SEARCH_ATTRIBUTES } from '../temporal/search-attributes.js';
import { MIGRATIONS_TABLE, NEWEST_MIGRATION } from '../job/migrate.js';
import type { ObjectStore } from '../store/object-store.js';
import type { Pool } from '../postgres.js';
import { SILENCE_MS, withTimeLimit } from '../time-limit.js';

/**
 * Startup checks. Each returns null, or one sentence for the operator that names the problem and the fix. They never
 * throw and take at most two seconds.
 */

/** gRPC's NOT_FOUND. */
const NO_NAMESPACE: readonly number[] = [5];

const TABLES = [MIGRATIONS_TABLE, 'export_jobs', 'export_segments'];

/** Runs one check; if it throws, `failed` turns the reason into a sentence. */
export async function checked(
  work: () => Promise<string | null>,
  failed: (reason: string) => string,
): Promise<string | null> {
  try {
    return await withTimeLimit(work(), SILENCE_MS);
  } catch (error) {
    return failed(reasonOf(error));
  }
}

/** The error as a phrase within a sentence: no full stop, and no gRPC jargon. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error;
  const text = (isGrpcServiceError(cause) ? cause.details : messageOf(cause)).replace(/\s+/g, ' ');
  return /Last error: (?:Error: )?(.+?)\. Resolution note/.exec(text)?.[1] ?? text.replace(/\.$/, '');
}

/** `HOST:PORT` of a pool's database; never its password. */
function hostOf(pool: Pool): string {
  const { connectionString = '', host, port } = pool.options;
  if (URL.canParse(connectionString)) {
    const url = new URL(connectionString);
    return `${url.hostname}:${url.port === '' ? '5432' : url.port}`;
  }
  return `${host ?? 'localhost'}:${port ?? 5432}`;
}

/** The job database must be reachable and writable, with this version's tables. */
export async function checkJobStore(pool: Pool): Promise<string | null> {
  const server = `The job database at ${hostOf(pool)}`;
  return checked(
    async () => {
      const { rows } = await pool.query<{ readonly: boolean; tables: number }>(
        `SELECT current_setting('transaction_read_only')::boolean AS readonly,
           (SELECT count(to_regclass(name)) FROM unnest($1::text[]) AS name)::integer AS tables`,
        [TABLES],
      );
      if (rows[0]?.tables !== TABLES.length) return "The service's tables are missing: run `npm run migrate`.";
      const { rowCount } = await pool.query(`SELECT 1 FROM ${MIGRATIONS_TABLE} WHERE name = $1`, [NEWEST_MIGRATION]);
      if (rowCount === 0) return "The service's tables are older than this version: run `npm run migrate`.";
      return rows[0].readonly
        ? `${server} is read-only. Point DATABASE_URL at a server that accepts writes, or make this one writable.`
        : null;
    },
    (reason) => `${server} does not answer (${reason}). Check that it is running and that DATABASE_URL is correct.`,
  );
}

/** The database to export from must be reachable. @param setting the variable that has its address */
export async function checkSource(pool: Pool, setting: string): Promise<string | null> {
  return checked(
    async () => {
      await pool.query('SELECT 1');
      return null;
    },
    (reason) =>
      `The source database at ${hostOf(pool)} does not answer (${reason}). Check that it is running and that ${setting} is correct.`,
  );
}

/** Temporal must be reachable and have the namespace. */
export async function checkTemporal(client: Client): Promise<string | null> {
  const { connection } = client;
  const { namespace } = client.options;
  const server = connection instanceof Connection ? `Temporal at ${connection.options.address}` : 'Temporal';
  return checked(
    async () => {
      try {
        await connection.withDeadline(Date.now() + SILENCE_MS, () =>
          connection.workflowService.describeNamespace({ namespace }),
        );
        return null;
      } catch (error) {
        if (!isGrpcServiceError(error) || !NO_NAMESPACE.includes(error.code)) throw error;
        return `${server} has no namespace ${namespace}: create it, or set TEMPORAL_NAMESPACE.`;
      }
    },
    (reason) => `${server} does not answer (${reason}). Check that it is running and that TEMPORAL_ADDRESS is correct.`,
  );
}

/** With an unregistered search attribute, an export would fail its workflow task again and again. */
export async function checkSearchAttributes(connection: ConnectionLike, namespace: string): Promise<string | null> {
  return checked(
    async () => {
      const { customAttributes } = await connection.withDeadline(Date.now() + SILENCE_MS, () =>
        connection.operatorService.listSearchAttributes({ namespace }),
      );
      const missing = SEARCH_ATTRIBUTES.map(({ name }) => name).filter(
        (name) => !Object.hasOwn(customAttributes, name),
      );
      if (missing.length === 0) return null;
      return `Search attributes ${missing.join(', ')} are not registered: run \`npm run setup:temporal\`.`;
    },
    (reason) => `Temporal does not list its search attributes (${reason}). Check that it is running.`,
  );
}

/** The bucket for files must exist and be reachable. */
export async function checkBucket(store: ObjectStore): Promise<string | null> {
  return checked(
    async () => {
      try {
        await store.check();
        return null;
      } catch (error) {
        return `${reasonOf(error)}. Check S3_ENDPOINT, EXPORT_BUCKET and the credentials.`;
      }
    },
    (reason) =>
      `The file storage does not answer (${reason}). Check that it is running and that S3_ENDPOINT is correct.`,
  );
}
