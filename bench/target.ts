import { S3Client } from '@aws-sdk/client-s3';
import type { Stack } from '../dev/stack/stack.js';
import { pidsOfStack, type Pids } from './pids.js';
import type { RunningSink } from './sink/start.js';

export interface S3Address {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A destination for files. */
export interface Target {
  readonly store: 's3' | 'sink';
  readonly address: S3Address;
  readonly bucket: string;
  /** Client for the benchmark's own checks. */
  readonly s3: S3Client;
  /** Processes of the store and of everything else that works for all contestants. */
  readonly pids: Pids;
}

/** The stack's store. */
export function storeTarget(stack: Stack): Target {
  const { env } = stack;
  const address = {
    endpoint: env.S3_ENDPOINT,
    region: env.S3_REGION,
    accessKeyId: env.AWS_ACCESS_KEY_ID,
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
  };
  return { store: 's3', address, bucket: env.EXPORT_BUCKET, s3: clientOf(address), pids: pidsOfStack(stack) };
}

/** The server that discards its input. */
export function sinkTarget(stack: Stack, sink: RunningSink): Target {
  const { address: real, pids } = storeTarget(stack);
  const address = { ...real, endpoint: sink.endpoint };
  return { store: 'sink', address, bucket: 'exports', s3: clientOf(address), pids: { ...pids, store: sink.pid } };
}

const clientOf = ({ endpoint, region, ...credentials }: S3Address): S3Client =>
  new S3Client({
    endpoint,
    region,
    credentials,
    forcePathStyle: true,
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
