import type { S3Client } from '@aws-sdk/client-s3';
import { namingStoreFaults } from './store-errors.js';
import { StoreFeatures } from './store-features.js';

/** Aborts a request together with the work it belongs to. */
export const abortedBy = (signal: AbortSignal | undefined): { abortSignal?: AbortSignal } =>
  signal === undefined ? {} : { abortSignal: signal };

/** The name of a downloaded file. */
export interface NamedFile {
  readonly fileName: string;
  /** For clients that support only ASCII. Default: `fileName`, which must then be ASCII. */
  readonly asciiName?: string;
}

/** `Content-Disposition` of RFC 6266; the name is encoded as RFC 8187 says. */
export function disposition({ fileName, asciiName = fileName }: NamedFile): string {
  const plain = `attachment; filename="${asciiName}"`;
  if (asciiName === fileName) return plain;
  const encoded = encodeURIComponent(fileName).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return `${plain}; filename*=UTF-8''${encoded}`;
}

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
