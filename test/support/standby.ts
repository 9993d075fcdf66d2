import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Ports } from '../../dev/stack/ports.js';
import type { Stack } from '../../dev/stack/stack.js';
import type { StackEnv } from '../../dev/stack/stack-env.js';
import { queryRows } from './database.js';
import { until } from './exports.js';
import { stackBeside } from './stack.js';

/** A PostgreSQL server and its hot standby. */
export interface Pair {
  /** Jobs are stored on the primary; exports read from the standby. */
  readonly env: StackEnv;
  /** The same database on the standby, as its owner. */
  onStandby(databaseUrl: string): string;
  /** Waits until the standby has replayed everything that the primary has written so far. */
  caughtUp(): Promise<void>;
  stop(): Promise<void>;
}

/** The standby immediately cancels whatever blocks its replay. */
const STANDBY = { hot_standby: 'on', max_standby_streaming_delay: '0', hot_standby_feedback: 'off' };
const PRIMARY = { wal_level: 'replica', max_wal_senders: '4', autovacuum: 'off', fsync: 'off' };

type Settings = Readonly<Record<string, string>>;

/** Takes over the data of a stack's PostgreSQL, whose own settings don't allow a standby. */
export async function startPair(): Promise<Pair> {
  const own = await stackBeside('postgres');
  const running: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const server of running.reverse()) {
      if (server.exitCode !== null || server.signalCode !== null) continue;
      server.kill('SIGINT');
      await once(server, 'exit');
    }
    await own.stop();
  };
  try {
    return { ...(await pairOf(own, running)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function pairOf(own: Stack, running: ChildProcess[]): Promise<Omit<Pair, 'stop'>> {
  const { DATABASE_URL } = own.env;
  const [folders] = await queryRows<{ data: string; bin: string }>(
    DATABASE_URL,
    `SELECT current_setting('data_directory') AS data, setting AS bin FROM pg_config() WHERE name = 'BINDIR'`,
  );
  if (folders === undefined) throw new Error('PostgreSQL did not report its folders.');
  const { data, bin } = folders;
  const { uid, gid } = await stat(data);
  const serve = async (folder: string, url: string, settings: Settings): Promise<ChildProcess> => {
    const all: Settings = {
      ...settings,
      port: new URL(url).port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
    };
    const args = ['-D', folder, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
    const as = process.getuid?.() === 0 ? { uid, gid } : {};
    const server = spawn(join(bin, 'postgres'), args, { cwd: folder, stdio: 'ignore', ...as });
    running.push(server);
    await until(`a response from ${folder}`, () =>
      queryRows(url, 'SELECT 1').then(
        () => true,
        () => false,
      ),
    );
    return server;
  };
  await own.services.postgres.stop();

  // Earlier WAL is not replicable: restart with replication settings and shut down cleanly before copying the data.
  const first = await serve(data, DATABASE_URL, PRIMARY);
  first.kill('SIGINT');
  await once(first, 'exit');
  const copy = `${data}-standby`;
  await promisify(execFile)('cp', ['-a', data, copy]);
  await writeFile(join(copy, 'standby.signal'), '');
  await serve(data, DATABASE_URL, PRIMARY);

  const { hostname, port, username, password } = new URL(DATABASE_URL);
  const standbyUrl = new URL(DATABASE_URL);
  standbyUrl.port = String(await new Ports(`${copy}-ports.json`).take('standby'));
  const primary_conninfo = `host=${hostname} port=${port} user=${username} password=${password}`;
  await serve(copy, standbyUrl.href, { ...PRIMARY, ...STANDBY, primary_conninfo });

  const onStandby = (databaseUrl: string): string => {
    const url = new URL(databaseUrl);
    url.port = standbyUrl.port;
    return url.href;
  };
  return {
    env: { ...own.env, SOURCE_DATABASE_URL: onStandby(own.env.SOURCE_DATABASE_URL) },
    onStandby,
    caughtUp: async () => {
      const [wrote] = await queryRows<{ at: string }>(DATABASE_URL, 'SELECT pg_current_wal_insert_lsn()::text AS at');
      await until('the standby has it', async () => {
        const [replayed] = await queryRows<{ has: boolean }>(
          standbyUrl.href,
          'SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS has',
          [wrote?.at],
        );
        return replayed?.has;
      });
    },
  };
}
