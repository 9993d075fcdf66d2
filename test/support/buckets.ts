import { CreateBucketCommand, DeleteBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { StackEnv } from '../../dev/stack/stack-env.js';
import type { WorkerConfig } from '../../shared/startup/config.js';
import { openObjectStore } from '../../shared/startup/open-object-store.js';

async function withBucketClient(env: StackEnv, work: (s3: S3Client) => Promise<unknown>): Promise<void> {
  const s3 = new S3Client({ endpoint: env.S3_ENDPOINT, region: env.S3_REGION, forcePathStyle: true });
  try {
    await work(s3);
  } finally {
    s3.destroy();
  }
}
export const createBucket = (name: string, env: StackEnv): Promise<void> =>
  withBucketClient(env, (s3) => s3.send(new CreateBucketCommand({ Bucket: name })));

export async function dropBucket(name: string, env: StackEnv, config: WorkerConfig): Promise<void> {
  // A test may have changed the store that the service uses.
  const objects = openObjectStore({ ...config, S3_ENDPOINT: env.S3_ENDPOINT, EXPORT_BUCKET: name });
  try {
    for (const { key } of await objects.store.openUploads('')) await objects.store.abortUploadsOf(key);
    await objects.store.deleteAll('');
  } finally {
    objects.close();
  }
  await withBucketClient(env, (s3) => s3.send(new DeleteBucketCommand({ Bucket: name })));
}
