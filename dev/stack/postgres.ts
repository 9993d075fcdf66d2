import { chown, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { Service, StackContext } from './context.js';
import { prepareHome, type PostgresHome } from './postgres-home.js';
import { postgresPrograms } from './postgres-programs.js';
import { signalQuietly, processIdentity, waitUntilGone } from './processes.js';
import { runCommand, tellingLine } from './run-command.js';
import { messageOf } from '../../shared/errors.js';
import { StackError } from './stack-error.js';
import { startUntilReady, withFreePorts } from './start-service.js';

const SUPERUSER = 'postgres';
/** Reads every table, owns none, and is subject to row-level security: a suitable role for exports. */
const READER = 'export_reader';
export const JOBS_DATABASE = 'exports';
export const SOURCE_DATABASE = 'shop';

export interface Postgres extends Service {
  /** URL of one of its databases, with user and password. */
  url(database: string): string;
  /** The same, for a user that can only read. */
  readerUrl(database: string): string;
}

/** Starts a PostgreSQL with two empty databases: one for jobs and one to export from. */
export type StartPostgres = (context: StackContext) => Promise<Postgres>;

export interface PostgresOptions {
  /** Name of its process and log. */
  readonly name?: string;
  /** Databases to create if they don't exist. Default: one for jobs and one to export from. */
  readonly databases?: readonly string[];
}

/** Starts PostgreSQL 18 with its data in the context's folder. */
export async function startPostgres(
  context: StackContext,
  { name = 'PostgreSQL', databases = [JOBS_DATABASE, SOURCE_DATABASE] }: PostgresOptions = {},
): Promise<Postgres> {
  return context.progress.step(name, async (say) => {
    const home = await prepareHome(context, postgresPrograms());
    await endForgottenServer(home.data);
    if (!(await isInitialised(home.data))) {
      say('creating the data folder');
      await initialise(context, home);
    }
    return withFreePorts(context, ['postgres'], async () => {
      const port = await context.ports.take('postgres');
      const service = makeService(context, home, { name, port });
      say(`starting on 127.0.0.1:${port}`);
      await service.start();
      await prepare(service.url('postgres'), databases, context.secrets.readerPassword);
      say(`127.0.0.1:${port}`);
      return service;
    });
  });
}

function makeService(
  context: StackContext,
  home: PostgresHome,
  { name, port }: { readonly name: string; readonly port: number },
): Postgres {
  const { databasePassword, readerPassword } = context.secrets;
  const urlFor = (user: string, password: string) => (database: string) =>
    `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
  const url = urlFor(SUPERUSER, databasePassword);
  const settings = { ...BASE_SETTINGS, ...(context.throwaway ? THROWAWAY_SETTINGS : {}), port: String(port) };
  const server = context.process({
    name,
    command: join(home.programs, 'bin', 'postgres'),
    args: ['-D', home.data, ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])],
    env: { PATH: context.environment.PATH, LC_ALL: 'C', TZ: 'UTC' },
    cwd: home.data,
    user: home.user,
    // Both signals disconnect all clients. SIGINT writes a checkpoint; SIGQUIT leaves recovery to the next start.
    // SIGKILL would leave shared memory behind.
    stopSignal: context.throwaway ? 'SIGQUIT' : 'SIGINT',
    stopLimitMs: 30_000,
  });
  return {
    name,
    url,
    readerUrl: urlFor(READER, readerPassword),
    get pid() {
      return server.pid;
    },
    start: () => startUntilReady(server, { check: () => answers(url('postgres')), limitMs: 60_000 }, context.signal),
    stop: () => server.stop(),
  };
}

const BASE_SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  // TCP only: a socket file would be outside the data folder.
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  maintenance_work_mem: '512MB',
  // For SSDs: an index scan in key order costs little more than reading the whole table.
  random_page_cost: '1.1',
  // There is no replica. With minimal WAL, rows written into tables that the same transaction created need no WAL, so
  // ten million sample rows are written without a checkpoint in between.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '8GB',
  checkpoint_timeout: '30min',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

// synchronous_commit stays on: a test that stops the server must find its committed data again.
const THROWAWAY_SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'off',
  full_page_writes: 'off',
  min_wal_size: '32MB',
};

async function isInitialised(data: string): Promise<boolean> {
  const entries = await readdir(data);
  if (entries.includes('initialised')) return true;
  // Empty, or left by an interrupted initdb, which refuses to continue.
  for (const entry of entries) await rm(join(data, entry), { recursive: true, force: true });
  return false;
}

async function initialise(context: StackContext, { programs, data, user }: PostgresHome): Promise<void> {
  const passwordFile = join(data, '..', `${SUPERUSER}-password`);
  await writeFile(passwordFile, context.secrets.databasePassword, { mode: 0o600 });
  if (user !== undefined) await chown(passwordFile, user.uid, user.gid);
  const common = [`--pgdata=${data}`, `--username=${SUPERUSER}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  // PostgreSQL's own C.UTF-8 is the same on every machine; plain C is the fallback for builds without it.
  const locales = [
    ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ['--encoding=UTF8', '--locale=C'],
  ];
  let reason = '';
  for (const locale of locales) {
    const args = [...common, ...locale, '--no-data-checksums', '--no-sync', '--no-instructions'];
    const env = { PATH: context.environment.PATH, LC_ALL: 'C', TZ: 'UTC' };
    const options = { timeoutMs: 120_000, signal: context.signal, env, cwd: data, user };
    const { ok, output } = await runCommand(join(programs, 'bin', 'initdb'), args, options);
    if (ok) {
      await rm(passwordFile, { force: true });
      await writeFile(join(data, 'initialised'), '');
      return;
    }
    reason = /no space left/i.test(output) ? 'the disk is full' : tellingLine(output);
  }
  throw new StackError(`PostgreSQL's data folder, ${data}, couldn't be created: ${reason}.`);
}

/** Rejects while the server does not accept connections. */
export async function answers(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // If the server goes away later, the next query reports it.
  client.on('error', () => undefined);
  await client.connect();
  await client.end();
}

async function prepare(url: string, databases: readonly string[], readerPassword: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ datname: string }>('SELECT datname FROM pg_database');
    const existing = new Set(rows.map(({ datname }) => datname));
    for (const name of databases.filter((name) => !existing.has(name))) {
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
    }
    const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [READER]);
    if (rowCount === 0) await client.query(`CREATE ROLE ${READER} IN ROLE pg_read_all_data`);
    await client.query(`ALTER ROLE ${READER} LOGIN PASSWORD ${client.escapeLiteral(readerPassword)}`);
  } catch (error) {
    throw new StackError(`PostgreSQL's databases couldn't be created: ${messageOf(error)}.`, { cause: error });
  } finally {
    await client.end();
  }
}

/**
 * Ends a server that still runs on this data although no record names it. Also removes the lock file of a killed server
 * if its pid now belongs to another process, which PostgreSQL would mistake for itself.
 */
async function endForgottenServer(data: string): Promise<void> {
  const lock = join(data, 'postmaster.pid');
  const pid = Number((await readFile(lock, 'utf8').catch(() => '')).split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return;
  const identity = processIdentity(pid);
  if (identity?.includes(data) === true) {
    signalQuietly(pid, 'SIGINT');
    if (!(await waitUntilGone(pid, identity, 30_000))) signalQuietly(pid, 'SIGQUIT');
    await waitUntilGone(pid, identity, 5_000);
  } else {
    await rm(lock, { force: true });
  }
}
