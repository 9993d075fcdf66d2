import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findOnPath } from '../../dev/find-on-path.js';
import { ensureBucket } from '../../dev/stack/bucket.js';
import type { StackContext } from '../../dev/stack/context.js';
import type { BucketOptions, S3Server } from '../../dev/stack/seaweedfs.js';
import { StackError } from '../../dev/stack/stack-error.js';
import { startUntilReady, withFreePorts } from '../../dev/stack/start-service.js';

/**
 * Versity's S3 gateway over a folder, which behaves like Amazon where SeaweedFS differs.
 * @throws StackError when it is not installed
 */
export async function startVersitygw(context: StackContext, options: BucketOptions): Promise<S3Server> {
  const command = await findOnPath('versitygw');
  if (command === undefined) {
    throw new StackError('versitygw is not installed (go install github.com/versity/versitygw/cmd/versitygw@v1.8.0)');
  }
  return withFreePorts(context, ['versitygw'], async () => {
    const service = await openServer(context, command, options);
    await service.start();
    return service;
  });
}

async function openServer(context: StackContext, command: string, options: BucketOptions): Promise<S3Server> {
  const { s3AccessKeyId: accessKeyId, s3SecretAccessKey: secretAccessKey } = context.secrets;
  const address = `127.0.0.1:${await context.ports.take('versitygw')}`;
  const folder = join(context.dataDir, 'versitygw');
  await mkdir(folder, { recursive: true });
  const server = context.process({
    name: 'versitygw',
    command,
    args: ['--quiet', '--keep-alive', '--region', options.region, '--port', address, 'posix', folder],
    env: { HOME: folder, ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey },
    cwd: folder,
    stopSignal: 'SIGKILL',
    stopLimitMs: 3_000,
  });
  const endpoint = `http://${address}`;
  const check = (): Promise<void> =>
    ensureBucket({ ...options, endpoint, credentials: { accessKeyId, secretAccessKey } }, context.signal);
  return {
    name: 'versitygw',
    endpoint,
    get pid() {
      return server.pid;
    },
    start: () => startUntilReady(server, { check, limitMs: 30_000 }, context.signal),
    stop: () => server.stop(),
  };
}
