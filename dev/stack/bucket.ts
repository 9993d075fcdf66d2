import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadBucketCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';

const PROBE_KEY = 'probe/ready';
const LIMIT_MS = 5_000;

export interface BucketAddress {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/**
 * Creates the bucket unless it exists, and writes and deletes a small object, because a store answers HEAD before it
 * can store. Rejects with the S3 error if the store is not ready.
 */
export async function ensureBucket(
  { endpoint, region, bucket, credentials }: BucketAddress,
  signal: AbortSignal,
): Promise<void> {
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 });
  const requestOptions = { abortSignal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]) };
  try {
    const exists = await s3.send(new HeadBucketCommand({ Bucket: bucket }), requestOptions).then(
      () => true,
      () => false,
    );
    if (!exists) await s3.send(new CreateBucketCommand({ Bucket: bucket }), requestOptions);
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: PROBE_KEY, Body: 'ready?' }), requestOptions);
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: PROBE_KEY }), requestOptions);
  } finally {
    s3.destroy();
  }
}
