import { GetObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { StackError } from '../dev/stack/stack-error.js';
import type { Contestant, Turn } from './contestants.js';
import type { S3Address } from './rclone.js';
import { fingerprint, type Fingerprint } from './reference.js';

/** Where a turn's file is. */
export interface Bucket {
  readonly s3: S3Client;
  readonly name: string;
}

export function openBucket({ endpoint, region, accessKeyId, secretAccessKey }: S3Address, name: string): Bucket {
  const credentials = { accessKeyId, secretAccessKey };
  const s3 = new S3Client({
    endpoint,
    region,
    credentials,
    forcePathStyle: true,
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  return { s3, name };
}

/**
 * Compares what a turn has made with what psql prints: the store's bytes are read back, and of the sink, which has
 * none, size and (for an export) the CRC-32 that the service knows.
 *
 * @param reference undefined when psql prints something else: then the file must be what the job says
 * @throws StackError when they differ
 */
export async function checkFile(
  { name, store }: Contestant,
  turn: Turn,
  { s3, name: bucket }: Bucket,
  reference: Fingerprint | undefined,
): Promise<void> {
  const told = { bytes: turn.bytes, crc32: turn.crc32 };
  const stored = store === 's3' ? await readBack() : { bytes: await sizeInSink(), crc32: undefined };
  for (const found of [told, stored]) {
    for (const property of ['bytes', 'crc32'] as const) {
      const expected = reference?.[property] ?? told[property];
      if (found[property] !== undefined && found[property] !== expected) {
        throw new StackError(`${name} made a wrong file: ${property} ${found[property]}, not ${expected ?? ''}.`);
      }
    }
  }

  async function readBack(): Promise<Fingerprint> {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: turn.key }));
    if (!(Body instanceof Readable)) throw new StackError('The store returned no stream.');
    return fingerprint(Body as AsyncIterable<Uint8Array>);
  }

  async function sizeInSink(): Promise<number | undefined> {
    return (await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: turn.key }))).ContentLength;
  }
}
