import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandInput,
  type ListMultipartUploadsCommandOutput,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  ListPartsCommand,
  type ListPartsCommandOutput,
  UploadPartCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { Readable } from 'node:stream';
import { crc32Base64 } from '../crc32.js';
import { ServiceError } from '../errors.js';
import { followListing } from './listing.js';
import { isStoreError, namingStoreFaults } from './store-errors.js';

export interface StoredObject {
  /** Bytes. */
  readonly size: number;
  /** Full-object CRC-32 as S3 writes it (base64); null where the store returns none. */
  readonly crc32: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface StoredPart {
  readonly number: number;
  readonly size: number;
  readonly etag: string;
}

export interface OpenUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly startedAt: Date;
}

type UploadMarker = Pick<ListMultipartUploadsCommandInput, 'KeyMarker' | 'UploadIdMarker'>;

export interface ListedObject {
  readonly key: string;
  readonly modifiedAt: Date;
}

export interface UploadHeaders {
  readonly contentType: string;
  readonly fileName: string;
  readonly metadata: Readonly<Record<string, string>>;
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

/** An upload has 10,000 part numbers; SeaweedFS lists a part that was written twice twice. */
const MAX_LISTED_PARTS = 20_000;

/** Uploads that one listing returns: whoever aborts them lists again. */
const MAX_LISTED_UPLOADS = 100_000;

/** Ends a request with the work that it is part of. */
const until = (signal: AbortSignal | undefined): { abortSignal?: AbortSignal } =>
  signal === undefined ? {} : { abortSignal: signal };

/** RFC 6266: a plain name for old clients would go beside `filename*`; ours are plain already. */
const disposition = (fileName: string): string => `attachment; filename="${fileName}"`;

/**
 * One bucket. Every method throws ServiceError STORAGE_UNAVAILABLE when the store does not answer as it should,
 * and says in its return value what an operation is expected to meet (no such object, no such upload).
 */
export class ObjectStore {
  /** @param links signs with the host that browsers use; the same client where there is no other */
  constructor(
    private readonly s3: S3Client,
    private readonly links: S3Client,
    private readonly bucket: string,
  ) {}

  private run<T>(work: () => Promise<T>): Promise<T> {
    return namingStoreFaults(`The bucket ${this.bucket}`, work);
  }

  private at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.bucket, Key: key };
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

  async head(key: string): Promise<StoredObject | null> {
    return this.run(async () => {
      try {
        const head = await this.s3.send(new HeadObjectCommand({ ...this.at(key), ChecksumMode: 'ENABLED' }));
        return { size: head.ContentLength ?? 0, crc32: head.ChecksumCRC32 ?? null, metadata: head.Metadata ?? {} };
      } catch (error) {
        if (isStoreError(error, 'NotFound', 'NoSuchKey')) return null;
        throw error;
      }
    });
  }

  /** @returns the id of a new multipart upload whose parts carry CRC-32 checksums */
  async createUpload(key: string, { contentType, fileName, metadata }: UploadHeaders): Promise<string> {
    return this.run(async () => {
      const { UploadId } = await this.s3.send(
        new CreateMultipartUploadCommand({
          ...this.at(key),
          ContentType: contentType,
          ContentDisposition: disposition(fileName),
          Metadata: { ...metadata },
          ChecksumAlgorithm: 'CRC32',
          ChecksumType: 'FULL_OBJECT',
        }),
      );
      if (UploadId === undefined) throw new Error('the store named no upload id');
      return UploadId;
    });
  }

  async hasUpload(key: string, uploadId: string): Promise<boolean> {
    return this.run(async () => {
      try {
        await this.s3.send(new ListPartsCommand({ ...this.at(key), UploadId: uploadId, MaxParts: 1 }));
        return true;
      } catch (error) {
        if (isStoreError(error, 'NoSuchUpload')) return false;
        throw error;
      }
    });
  }

  /**
   * Follows `IsTruncated` alone: Amazon sends a `NextPartNumberMarker` with the last page, too, and the SDK's paginator
   * takes it for another page and never ends.
   * @returns null when there is no such upload. SeaweedFS lists a part that was written twice twice, in any order.
   */
  async listParts(key: string, uploadId: string, signal?: AbortSignal): Promise<StoredPart[] | null> {
    return this.run(async () => {
      const pages = followListing<ListPartsCommandOutput, string>({
        what: 'parts',
        fetchPage: (after) =>
          this.s3.send(
            new ListPartsCommand({ ...this.at(key), UploadId: uploadId, PartNumberMarker: after }),
            until(signal),
          ),
        nextMarker: (page) =>
          page.IsTruncated === true
            ? (page.NextPartNumberMarker ?? String(page.Parts?.at(-1)?.PartNumber ?? 0))
            : undefined,
      });
      const parts: StoredPart[] = [];
      try {
        for await (const { Parts = [] } of pages) {
          for (const { PartNumber = 0, Size = 0, ETag = '' } of Parts) {
            parts.push({ number: PartNumber, size: Size, etag: ETag });
          }
          if (parts.length > MAX_LISTED_PARTS) throw new Error(`the store listed more than ${MAX_LISTED_PARTS} parts`);
        }
      } catch (error) {
        if (isStoreError(error, 'NoSuchUpload')) return null;
        throw error;
      }
      return parts;
    });
  }

  /**
   * @param part `crc32` of the body; the store refuses the part when it does not match
   * @returns the part's ETag, or null when there is no such upload
   */
  async uploadPart(
    target: { key: string; uploadId: string },
    part: { partNumber: number; body: Buffer; crc32: number; signal?: AbortSignal },
  ): Promise<string | null> {
    return this.run(async () => {
      try {
        const { ETag } = await this.s3.send(
          new UploadPartCommand({
            ...this.at(target.key),
            UploadId: target.uploadId,
            PartNumber: part.partNumber,
            Body: part.body,
            ContentLength: part.body.length,
            ChecksumCRC32: crc32Base64(part.crc32),
          }),
          until(part.signal),
        );
        return ETag ?? '';
      } catch (error) {
        if (isStoreError(error, 'NoSuchUpload')) return null;
        throw error;
      }
    });
  }

  /**
   * Makes the object, if there is none under the key.
   * @returns `completed`, or `unclear` when the upload is gone or an object is there already: HEAD settles it
   */
  async completeUpload(
    target: { key: string; uploadId: string },
    parts: readonly { number: number; etag: string }[],
    crc32: number,
  ): Promise<'completed' | 'unclear'> {
    return this.run(async () => {
      try {
        await this.s3.send(
          new CompleteMultipartUploadCommand({
            ...this.at(target.key),
            UploadId: target.uploadId,
            MultipartUpload: { Parts: parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag })) },
            ChecksumType: 'FULL_OBJECT',
            ChecksumCRC32: crc32Base64(crc32),
            IfNoneMatch: '*',
          }),
        );
        return 'completed';
      } catch (error) {
        if (isStoreError(error, 'NoSuchUpload', 'PreconditionFailed')) return 'unclear';
        throw error;
      }
    });
  }

  async abortUpload(key: string, uploadId: string): Promise<void> {
    await this.run(async () => {
      try {
        await this.s3.send(new AbortMultipartUploadCommand({ ...this.at(key), UploadId: uploadId }));
      } catch (error) {
        if (!isStoreError(error, 'NoSuchUpload')) throw error;
      }
    });
  }

  /** Uploads that are open under a prefix, with their age. */
  async openUploads(prefix: string, signal?: AbortSignal): Promise<OpenUpload[]> {
    return this.run(async () => {
      const pages = followListing<ListMultipartUploadsCommandOutput, UploadMarker>({
        what: 'uploads',
        fetchPage: (after) =>
          this.s3.send(
            new ListMultipartUploadsCommand({ Bucket: this.bucket, Prefix: prefix, ...after }),
            until(signal),
          ),
        nextMarker: ({ IsTruncated, NextKeyMarker, NextUploadIdMarker }) =>
          IsTruncated === true ? { KeyMarker: NextKeyMarker, UploadIdMarker: NextUploadIdMarker } : undefined,
      });
      const found: OpenUpload[] = [];
      for await (const { Uploads = [] } of pages) {
        for (const { Key = '', UploadId = '', Initiated } of Uploads) {
          found.push({ key: Key, uploadId: UploadId, startedAt: Initiated ?? new Date() });
        }
        if (found.length >= MAX_LISTED_UPLOADS) break;
      }
      return found;
    });
  }

  /** Aborts what is open under a key until nothing is: an attempt that was late may have opened another. */
  async abortUploadsOf(key: string, signal?: AbortSignal): Promise<void> {
    for (let round = 0; round < 10; round++) {
      const open = (await this.openUploads(key, signal)).filter((upload) => upload.key === key);
      if (open.length === 0) return;
      await Promise.all(open.map(({ uploadId }) => this.abortUpload(key, uploadId)));
    }
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

  async delete(key: string): Promise<void> {
    await this.run(() => this.s3.send(new DeleteObjectCommand(this.at(key))));
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
      // Not the continuation token: the objects up to it may have been deleted meanwhile.
      nextMarker: ({ IsTruncated, Contents = [] }) => (IsTruncated === true ? Contents.at(-1)?.Key : undefined),
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
      if (page.length === 0) continue;
      const Delete = { Objects: page.map(({ key }) => ({ Key: key })), Quiet: true };
      await this.run(async () => {
        const request = new DeleteObjectsCommand({ Bucket: this.bucket, Delete });
        const { Errors = [] } = await this.s3.send(request, until(signal));
        const [first] = Errors;
        // S3 reports per-key errors in a 200 response.
        if (first !== undefined)
          throw new Error(`${first.Key ?? ''} was not deleted: ${first.Code ?? ''} ${first.Message ?? ''}`);
      });
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
