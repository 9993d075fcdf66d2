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
import { addAbortSignal, Readable } from 'node:stream';
import { ServiceError } from '../errors.js';
import { abortedBy, disposition, type NamedFile } from './bucket.js';
import { followListing } from './listing.js';
import { MultipartUploads } from './multipart-uploads.js';
import { isStoreError } from './store-errors.js';

export interface ListedObject {
  readonly key: string;
  readonly modifiedAt: Date;
}

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface PresignOptions extends NamedFile {
  readonly method: 'GET' | 'HEAD';
  /** S3 uses whole seconds, rounded down. */
  readonly signedAt: Date;
  /** Lifetime of the URL, at most 604,800. */
  readonly seconds: number;
}

/** Parallel deletes if the store has no bulk delete. */
const DELETES_AT_ONCE = 20;

/**
 * One bucket on any S3 server; docs/object-storage.md lists the requirements. Every method throws ServiceError
 * STORAGE_UNAVAILABLE if a retry may succeed and STORAGE_REFUSED if not. Expected outcomes (no such object, no such
 * upload) are return values.
 */
export class ObjectStore extends MultipartUploads {
  /** @param links client that signs URLs for the host that browsers use; default: the same client */
  constructor(
    s3: S3Client,
    private readonly links: S3Client,
    bucket: string,
  ) {
    super(s3, bucket);
  }

  /** @throws ServiceError if the bucket is missing or unreachable */
  async check(): Promise<void> {
    await this.run(async () => {
      try {
        await this.s3.send(new HeadBucketCommand({ Bucket: this.bucket }));
      } catch (error) {
        // A HEAD response has no body, so it cannot say NoSuchBucket.
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

  /**
   * Writes one object from a stream of unknown length. Leaves nothing behind if that fails or is aborted, except when
   * the store doesn't answer at all. So an abort ends the stream, but waits for the request in flight: the store may
   * write the object even if nobody waits for its answer.
   * @param key of an object that doesn't exist
   */
  async putStream(key: string, body: AsyncIterable<Buffer> | Iterable<Buffer>, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    try {
      await this.run(async () => {
        const Body = addAbortSignal(signal, Readable.from(body, { objectMode: false }));
        const upload = new Upload({ client: this.s3, params: { ...this.at(key), Body }, queueSize: 1 });
        await upload.done();
      });
      signal.throwIfAborted();
    } catch (error) {
      // It may exist: its answer was lost, or came after the abort. The original error is the one that matters.
      await this.delete(key).catch(() => undefined);
      throw error;
    }
  }

  /**
   * Reads an object's bytes in order.
   * @param range only its bytes from `start`, counted from 0, to before `end`
   * @throws ServiceError STORAGE_UNAVAILABLE, also if the object is missing
   */
  async *read(key: string, range?: ByteRange): AsyncGenerator<Buffer> {
    const { start, end } = range ?? { start: 0, end: Infinity };
    const ranged = range === undefined ? {} : { Range: `bytes=${start}-${end - 1}` };
    const command = new GetObjectCommand({ ...this.at(key), ...ranged });
    const { Body, ContentRange } = await this.run(() => this.s3.send(command));
    if (!(Body instanceof Readable)) throw new TypeError('the store returned no stream');
    // A server may ignore the range and send the whole object.
    let at = ContentRange === undefined ? 0 : start;
    for await (const chunk of Body as AsyncIterable<Buffer>) {
      const wanted = chunk.subarray(Math.max(0, start - at), end - at);
      at += chunk.length;
      if (wanted.length > 0) yield wanted;
      if (at >= end) return;
    }
  }

  /** Succeeds if the object does not exist. */
  async delete(key: string): Promise<void> {
    await this.run(async () => {
      try {
        await this.s3.send(new DeleteObjectCommand(this.at(key)));
      } catch (error) {
        // Google returns this.
        if (!isStoreError(error, 'NoSuchKey')) throw error;
      }
    });
  }

  /** Objects under a prefix in key order, in pages of at most a thousand. */
  async *listPages(prefix: string, signal?: AbortSignal): AsyncGenerator<ListedObject[]> {
    const pages = followListing<ListObjectsV2CommandOutput, string>({
      what: 'objects',
      fetchPage: (after) =>
        this.run(() =>
          this.s3.send(
            new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix, StartAfter: after }),
            abortedBy(signal),
          ),
        ),
      // Not the continuation token, because the objects up to it may have been deleted meanwhile. An empty page that is
      // not the last restarts the listing once: objects that it omitted must not count as gone.
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

  /**
   * Deletes everything under a prefix.
   * @throws ServiceError STORAGE_UNAVAILABLE, also if the store fails to delete an object
   */
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
    // The operation requires a checksum, and MD5 is the only one that every store supports.
    const request = new DeleteObjectsCommand({ Bucket: this.bucket, Delete, ChecksumAlgorithm: 'MD5' });
    const { Errors = [] } = await this.s3.send(request, abortedBy(signal));
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
   * A URL for one object and one method that needs no credentials. It also expires with the credentials that signed it,
   * so sign one per click and store none.
   */
  async presign(key: string, { method, signedAt, seconds, ...file }: PresignOptions): Promise<string> {
    const target = { ...this.at(key), ResponseContentDisposition: disposition(file) };
    const options = { expiresIn: seconds, signingDate: signedAt };
    return method === 'HEAD'
      ? getSignedUrl(this.links, new HeadObjectCommand(target), options)
      : getSignedUrl(this.links, new GetObjectCommand(target), options);
  }
}
