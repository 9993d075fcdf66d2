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
  type ListMultipartUploadsCommandOutput,
  ListObjectsV2Command,
  ListPartsCommand,
  UploadPartCommand,
  paginateListParts,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { Readable } from 'node:stream';
import { crc32Base64 } from '../crc32.js';
import { ServiceError } from '../errors.js';
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

export interface UploadHeaders {
  readonly contentType: string;
  readonly fileName: string;
  readonly metadata: Readonly<Record<string, string>>;
}

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

  /** @returns null when there is no such upload */
  async listParts(key: string, uploadId: string): Promise<StoredPart[] | null> {
    return this.run(async () => {
      const parts: StoredPart[] = [];
      try {
        for await (const page of paginateListParts({ client: this.s3 }, { ...this.at(key), UploadId: uploadId })) {
          for (const { PartNumber = 0, Size = 0, ETag = '' } of page.Parts ?? []) {
            parts.push({ number: PartNumber, size: Size, etag: ETag });
          }
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
          part.signal === undefined ? {} : { abortSignal: part.signal },
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
  async openUploads(prefix: string): Promise<{ key: string; uploadId: string; startedAt: Date }[]> {
    return this.run(async () => {
      const found: { key: string; uploadId: string; startedAt: Date }[] = [];
      let after: { KeyMarker?: string; UploadIdMarker?: string } | null = {};
      while (after !== null) {
        const page: ListMultipartUploadsCommandOutput = await this.s3.send(
          new ListMultipartUploadsCommand({ Bucket: this.bucket, Prefix: prefix, ...after }),
        );
        for (const { Key = '', UploadId = '', Initiated } of page.Uploads ?? []) {
          found.push({ key: Key, uploadId: UploadId, startedAt: Initiated ?? new Date() });
        }
        const { NextKeyMarker: key, NextUploadIdMarker: uploadId } = page;
        const isLast = page.IsTruncated !== true || key === undefined || uploadId === undefined;
        after = isLast ? null : { KeyMarker: key, UploadIdMarker: uploadId };
      }
      return found;
    });
  }

  /** Aborts what is open under a key until nothing is: an attempt that was late may have opened another. */
  async abortUploadsOf(key: string): Promise<void> {
    for (let round = 0; round < 10; round++) {
      const open = (await this.openUploads(key)).filter((upload) => upload.key === key);
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

  /**
   * A thousand objects at most, in the order of their keys.
   * @param after the last key of the page before
   */
  async list(prefix: string, after?: string): Promise<{ key: string; modifiedAt: Date }[]> {
    return this.run(async () => {
      const { Contents = [] } = await this.s3.send(
        new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix, StartAfter: after }),
      );
      return Contents.map(({ Key = '', LastModified }) => ({ key: Key, modifiedAt: LastModified ?? new Date() }));
    });
  }

  /** Deletes everything under a prefix. @throws ServiceError STORAGE_UNAVAILABLE also when the store keeps one object */
  async deleteAll(prefix: string): Promise<void> {
    for (let page = await this.list(prefix); page.length > 0; page = await this.list(prefix)) {
      const Objects = page.map(({ key }) => ({ Key: key }));
      await this.run(async () => {
        const Delete = { Objects, Quiet: true };
        const { Errors = [] } = await this.s3.send(new DeleteObjectsCommand({ Bucket: this.bucket, Delete }));
        const [first] = Errors;
        // Said in an answer of success: asked again without an end, were it not looked at.
        if (first !== undefined)
          throw new Error(`${first.Key ?? ''} was not deleted: ${first.Code ?? ''} ${first.Message ?? ''}`);
      });
    }
  }

  /**
   * A link to the object itself. It dies early with the credentials that signed it: mint one per click, store none.
   * @param expiresIn seconds, at most 604,800
   */
  async presign(key: string, fileName: string, expiresIn: number): Promise<string> {
    const command = new GetObjectCommand({ ...this.at(key), ResponseContentDisposition: disposition(fileName) });
    return getSignedUrl(this.links, command, { expiresIn });
  }
}
