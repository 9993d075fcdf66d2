import type { S3Client } from '@aws-sdk/client-s3';
import { namingStoreFaults } from './store-errors.js';
import { StoreFeatures } from './store-features.js';

/** Ends a request with the work that it is part of. */
export const until = (signal: AbortSignal | undefined): { abortSignal?: AbortSignal } =>
  signal === undefined ? {} : { abortSignal: signal };

/** RFC 6266: a plain name for old clients would go beside `filename*`; ours are plain already. */
export const disposition = (fileName: string): string => `attachment; filename="${fileName}"`;

/** What every part of `ObjectStore` works with. */
export class Bucket {
  protected readonly features = new StoreFeatures();

  constructor(
    protected readonly s3: S3Client,
    protected readonly bucket: string,
  ) {}

  /** Gives the store's faults the codes and sentences of the error table. */
  protected run<T>(work: () => Promise<T>): Promise<T> {
    return namingStoreFaults(`The bucket ${this.bucket}`, work);
  }

  protected at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.bucket, Key: key };
  }
}
