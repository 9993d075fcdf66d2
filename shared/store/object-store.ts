import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { Readable } from 'node:stream';
import { ServiceError } from '../errors.js';
import { disposition, until } from './bucket.js';
import { followListing } from './listing.js';
import { MultipartUploads } from './multipart-uploads.js';
import { isStoreError } from './store-errors.js';

export interface ListedObject {
  readonly key: string;
  readonly modifiedAt: Date;
}

export interface PresignOptions {
  readonly method: 'GET' | 'HEAD';
  /** What the file is saved as. */
  readonly fileName: string;
  /** S3 counts in whole seconds from the one that this lies in. */
  readonly signedAt: Date;
  /** How long the address lives, at most 604,800. */
  readonly seconds: number;
}

/** Deletes that run at once where the store has no bulk delete. */
const DELETES_AT_ONCE = 20;

/**
 * One bucket of any S3 server: docs/object-storage.md says what it must be able to do. Every method throws ServiceError
 * STORAGE_UNAVAILABLE when another try may succeed and STORAGE_REFUSED when none will, and says in its return value what
 * an operation is expected to meet (no such object, no such upload).
 */
export class ObjectStore extends MultipartUploads {
  /** @param links signs with the host that browsers use; the same client where there is no other */
  constructor(
    s3: S3Client,
    private readonly links: S3Client,
    bucket: string,
  ) {
    super(s3, bucket);
  }

  /** @throws ServiceError when the bucket is missing or out of reach */
  async check(): Promise<void> {
    await this.run(async () => {
      try {
        await this.s3.send(new HeadBucketCommand({ Bucket: this.bucket }));
      } catch (error) {
        // HEAD has no body to say NoSuchBucket in.
        if (!isStoreError(error, 'NotFound')) throw error;
        throw new ServiceError(
          'STORAGE_UNAVAILABLE',
          `The bucket ${this.bucket} does not exist.`,
          {},
          { cause: error },
        );
      }
    });
  }

  /** One object written in one stream, of unknown length; nothing is left of it when the stream fails. */
  async putStream(key: string, body: AsyncIterable<Buffer> | Iterable<Buffer>, signal: AbortSignal): Promise<void> {
    await this.run(async () => {
      const upload = new Upload({
        client: this.s3,
        params: { ...this.at(key), Body: Readable.from(body, { objectMode: false }) },
        queueSize: 1,
      });
      const abort = (): void => void upload.abort();
      signal.addEventListener('abort', abort, { once: true });
      try {
        await upload.done();
      } finally {
        signal.removeEventListener('abort', abort);
      }
    });
  }

  /** Reads an object's bytes in order. @throws ServiceError STORAGE_UNAVAILABLE also when it is missing */
  async *read(key: string): AsyncGenerator<Buffer> {
    const { Body } = await this.run(() => this.s3.send(new GetObjectCommand(this.at(key))));
    if (!(Body instanceof Readable)) throw new TypeError('the store returned no stream');
    for await (const chunk of Body) yield chunk as Buffer;
  }

  /** An object that does not exist is no error. */
  async delete(key: string): Promise<void> {
    await this.run(async () => {
      try {
        await this.s3.send(new DeleteObjectCommand(this.at(key)));
      } catch (error) {
        // Google's answer.
        if (!isStoreError(error, 'NoSuchKey')) throw error;
      }
    });
  }

  /** Objects under a prefix, page by page: a thousand at most on each, in the order of their keys. */
  async *listPages(prefix: string, signal?: AbortSignal): AsyncGenerator<ListedObject[]> {
    const pages = followListing<ListObjectsV2CommandOutput, string>({
      what: 'objects',
      fetchPage: (after) =>
        this.run(() =>
          this.s3.send(
            new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix, StartAfter: after }),
            until(signal),
          ),
        ),
      // Not the continuation token: the objects up to it may have been deleted meanwhile. A page without objects that is
      // not the last starts the listing again, once: what it left out must not count as gone.
      nextMarker: ({ IsTruncated, Contents = [] }) => (IsTruncated === true ? (Contents.at(-1)?.Key ?? '') : undefined),
    });
    for await (const { Contents = [] } of pages) {
      yield Contents.map(({ Key = '', LastModified }) => ({ key: Key, modifiedAt: LastModified ?? new Date() }));
    }
  }

  /** The first page of `listPages`. */
  async list(prefix: string): Promise<ListedObject[]> {
    for await (const page of this.listPages(prefix)) return page;
    return [];
  }

  /** Deletes everything under a prefix. @throws ServiceError STORAGE_UNAVAILABLE also when the store keeps one object */
  async deleteAll(prefix: string, signal?: AbortSignal): Promise<void> {
    for await (const page of this.listPages(prefix, signal)) {
      const keys = page.map(({ key }) => key);
      if (keys.length === 0) continue;
      await this.run(() =>
        this.features.try(
          'bulk delete',
          () => this.#deleteAtOnce(keys, signal),
          () => this.#deleteSingly(keys, signal),
        ),
      );
    }
  }

  async #deleteAtOnce(keys: readonly string[], signal: AbortSignal | undefined): Promise<void> {
    const Delete = { Objects: keys.map((key) => ({ Key: key })), Quiet: true };
    // The operation needs a checksum, and this is the only one that every store knows.
    const request = new DeleteObjectsCommand({ Bucket: this.bucket, Delete, ChecksumAlgorithm: 'MD5' });
    const { Errors = [] } = await this.s3.send(request, until(signal));
    // S3 reports per-key errors in a 200 response.
    const first = Errors.find(({ Code }) => Code !== 'NoSuchKey');
    if (first === undefined) return;
    throw new Error(`${first.Key ?? ''} was not deleted: ${first.Code ?? ''} ${first.Message ?? ''}`);
  }

  async #deleteSingly(keys: readonly string[], signal: AbortSignal | undefined): Promise<void> {
    for (let at = 0; at < keys.length; at += DELETES_AT_ONCE) {
      signal?.throwIfAborted();
      await Promise.all(keys.slice(at, at + DELETES_AT_ONCE).map((key) => this.delete(key)));
    }
  }

  /**
   * An address of the object itself that needs no credentials. A signature holds for one method only. The address dies
   * early with the credentials that signed it: sign one per click and store none.
   */
  async presign(key: string, { method, fileName, signedAt, seconds }: PresignOptions): Promise<string> {
    const target = { ...this.at(key), ResponseContentDisposition: disposition(fileName) };
    const options = { expiresIn: seconds, signingDate: signedAt };
    return method === 'HEAD'
      ? getSignedUrl(this.links, new HeadObjectCommand(target), options)
      : getSignedUrl(this.links, new GetObjectCommand(target), options);
  }
}
