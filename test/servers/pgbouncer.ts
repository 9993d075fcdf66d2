import { chmod, chown, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findOnPath } from '../../dev/find-on-path.js';
import type { StackContext } from '../../dev/stack/context.js';
import { answers, type Postgres } from '../../dev/stack/postgres.js';
import { unprivilegedUser } from '../../dev/stack/postgres-home.js';
import { StackError } from '../../dev/stack/stack-error.js';
import { startUntilReady, withFreePorts } from '../../dev/stack/start-service.js';
import { startDebianPostgres, urlOf, type Login, type ManagedPostgres } from './debian-postgres.js';

export interface PooledPostgres extends Postgres {
  /** The pooler's port. */
  readonly port: number;
  /** The server behind the pooler. */
  readonly direct: ManagedPostgres;
}

/** Server connections per database and user, few enough that clients share them all the time. */
const POOL_SIZE = 6;

/**
 * PgBouncer in transaction mode, with TLS on both sides, in front of Debian's PostgreSQL 15.
 * @throws StackError if either isn't installed
 */
export async function startPgBouncer(context: StackContext): Promise<PooledPostgres> {
  const command = (await findOnPath('pgbouncer')) ?? (await findOnPath('/usr/sbin/pgbouncer'));
  if (command === undefined) throw new StackError('PgBouncer is not installed');
  const direct = await startDebianPostgres(context);
  return withFreePorts(context, ['pgbouncer'], async () => {
    const port = await context.ports.take('pgbouncer');
    const folder = await mkdtemp(join(tmpdir(), 'export-service-pgbouncer-'));
    context.recorder.addThrowaway(folder);
    const files = { users: join(folder, 'users.txt'), configuration: join(folder, 'pgbouncer.ini') };
    await writeFile(files.users, [direct.owner, direct.reader].map(userLine).join(''), { mode: 0o600 });
    await writeFile(files.configuration, configuration(direct, port, files.users));
    // PgBouncer refuses to run as root.
    const user = process.getuid?.() === 0 ? await unprivilegedUser() : undefined;
    if (user !== undefined) await chown(files.users, user.uid, user.gid);
    await chmod(folder, 0o711);
    const pooler = context.process({
      name: 'PgBouncer',
      command,
      args: [files.configuration],
      env: { PATH: context.environment.PATH },
      cwd: folder,
      user,
      stopSignal: 'SIGKILL',
      stopLimitMs: 3000,
    });
    const { authority } = direct.certificates;
    const url = (database: string): string => urlOf(direct.owner, port, database, authority);
    const service: PooledPostgres = {
      name: 'PgBouncer',
      port,
      direct,
      url,
      readerUrl: (database) => urlOf(direct.reader, port, database, authority),
      get pid() {
        return pooler.pid;
      },
      start: () => startUntilReady(pooler, { check: () => answers(url('postgres')), limitMs: 30_000 }, context.signal),
      stop: () => pooler.stop(),
    };
    await service.start();
    return service;
  });
}

const userLine = ({ user, password }: Login): string => `${quoted(user)} ${quoted(password)}\n`;
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

const configuration = ({ port: serverPort, certificates }: ManagedPostgres, port: number, users: string): string => `
[databases]
* = host=127.0.0.1 port=${serverPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
pool_mode = transaction
default_pool_size = ${POOL_SIZE}
max_client_conn = 1000
auth_type = scram-sha-256
auth_file = ${users}
client_tls_sslmode = require
client_tls_key_file = ${certificates.key}
client_tls_cert_file = ${certificates.certificate}
server_tls_sslmode = verify-full
server_tls_ca_file = ${certificates.authority}
`;
