import type { S3Client } from '@aws-sdk/client-s3';
import { namingStoreFaults } from './store-errors.js';
import { StoreFeatures } from './store-features.js';

/** Aborts a request together with the work it belongs to. */
export const until = (signal: AbortSignal | undefined): { abortSignal?: AbortSignal } =>
  signal === undefined ? {} : { abortSignal: signal };

/** RFC 6266: old clients would also need a plain name next to `filename*`; our names are always plain. */
export const disposition = (fileName: string): string => `attachment; filename="${fileName}"`;

/** What every part of `ObjectStore` shares. */
export class Bucket {
  protected readonly features = new StoreFeatures();

  constructor(
    protected readonly s3: S3Client,
    protected readonly bucket: string,
  ) {}

  /** Converts the store's errors to codes and sentences of the error table. */
  protected run<T>(work: () => Promise<T>): Promise<T> {
    return namingStoreFaults(`The bucket ${this.bucket}`, work);
  }

  protected at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.bucket, Key: key };
  }
}
