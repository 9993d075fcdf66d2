import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandInput,
  type ListMultipartUploadsCommandOutput,
  ListPartsCommand,
  type ListPartsCommandOutput,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { crc32Base64 } from '../plan/crc32.js';
import { ServiceError } from '../errors.js';
import { Bucket, disposition, until } from './bucket.js';
import { followListing } from './listing.js';
import { isStoreError } from './store-errors.js';

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

export interface CompletedPart {
  readonly number: number;
  readonly etag: string;
  readonly crc32: number;
}

export interface OpenUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly startedAt: Date;
}

export interface UploadHeaders {
  readonly contentType: string;
  readonly fileName: string;
  readonly metadata: Readonly<Record<string, string>>;
}

interface UploadTarget {
  readonly key: string;
  readonly uploadId: string;
}

type UploadMarker = Pick<ListMultipartUploadsCommandInput, 'KeyMarker' | 'UploadIdMarker'>;

/** An upload has 10,000 part numbers; SeaweedFS lists a part that was written twice twice. */
const MAX_LISTED_PARTS = 20_000;

/** Uploads that one listing returns: callers abort them and list again. */
const MAX_LISTED_UPLOADS = 100_000;

/** Some stores quote an ETag in headers only, or in XML only, and some proxies mark it as weak. */
const quoted = (etag: string): string => `"${etag.replace(/^W\//, '').replaceAll('"', '')}"`;

/** Thrown instead of a completion that was not tried: it says nothing about what the store can do. */
class ObjectExists extends Error {}

/** The multipart uploads of a bucket: `ObjectStore` has the contract. */
export class MultipartUploads extends Bucket {
  /** @returns null when there is no such object */
  async head(key: string): Promise<StoredObject | null> {
    return this.run(async () => {
      try {
        const head = await this.s3.send(new HeadObjectCommand({ ...this.at(key), ChecksumMode: 'ENABLED' }));
        const { ContentLength: size = 0, ChecksumCRC32: crc32 = null, Metadata: metadata = {} } = head;
        // A composite checksum, `…-3`, is that of the parts' checksums.
        const isComposite = head.ChecksumType === 'COMPOSITE' || crc32?.includes('-') === true;
        return { size, crc32: isComposite ? null : crc32, metadata };
      } catch (error) {
        if (isStoreError(error, 'NotFound', 'NoSuchKey')) return null;
        throw error;
      }
    });
  }

  /** @returns the id of a new multipart upload whose parts carry CRC-32 checksums */
  async createUpload(key: string, { contentType, fileName, metadata }: UploadHeaders): Promise<string> {
    const create = async (checksums: object): Promise<string> => {
      const headers = {
        ContentType: contentType,
        ContentDisposition: disposition(fileName),
        Metadata: { ...metadata },
        ...checksums,
      };
      const { UploadId } = await this.s3.send(new CreateMultipartUploadCommand({ ...this.at(key), ...headers }));
      if (UploadId === undefined) throw new Error('the store named no upload id');
      return UploadId;
    };
    return this.run(() =>
      this.features.try(
        'part checksums',
        () => create({ ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' }),
        () => create({}),
      ),
    );
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
            parts.push({ number: PartNumber, size: Size, etag: quoted(ETag) });
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
   * @param part `crc32` of the body; the store refuses the part when it does not match, which another try may better
   * @returns the part's ETag, or null when there is no such upload
   */
  async uploadPart(
    target: UploadTarget,
    part: { partNumber: number; body: Buffer; crc32: number; signal?: AbortSignal },
  ): Promise<string | null> {
    const { partNumber, body, crc32, signal } = part;
    const send = async (checksum: object): Promise<string> => {
      const named = { UploadId: target.uploadId, PartNumber: partNumber, ContentLength: body.length };
      const command = new UploadPartCommand({ ...this.at(target.key), ...named, ...checksum, Body: body });
      const { ETag } = await this.s3.send(command, until(signal));
      if (ETag === undefined) throw new Error('the store named no ETag');
      return quoted(ETag);
    };
    return this.run(async () => {
      try {
        return await this.features.try(
          'part checksums',
          () => send({ ChecksumCRC32: crc32Base64(crc32) }),
          // Every store has this one, at several times the cost.
          () => send({ ContentMD5: createHash('md5').update(body).digest('base64') }),
        );
      } catch (error) {
        if (isStoreError(error, 'NoSuchUpload')) return null;
        if (!isStoreError(error, 'BadDigest', 'XAmzContentChecksumMismatch')) throw error;
        const sentence = `Part ${partNumber} did not reach the store as it was sent.`;
        throw new ServiceError('STORAGE_UNAVAILABLE', sentence, {}, { cause: error });
      }
    });
  }

  /**
   * Creates the object, unless the key exists.
   * @param parts in the order of the file
   * @param crc32 of the whole object
   * @returns `completed`, or `unclear` when the upload is gone or an object is there already: HEAD settles it
   */
  async completeUpload(
    target: UploadTarget,
    parts: readonly CompletedPart[],
    crc32: number,
  ): Promise<'completed' | 'unclear'> {
    return this.run(async () => {
      try {
        return await this.features.try(
          'create only',
          () => this.#complete(target, parts, crc32, { IfNoneMatch: '*' }),
          // Between the two requests another attempt may complete: then its object has the same bytes, or its upload was
          // aborted before this one began.
          async () => {
            if ((await this.head(target.key)) !== null) throw new ObjectExists('An object has this key already.');
            return this.#complete(target, parts, crc32, {});
          },
        );
      } catch (error) {
        if (error instanceof ObjectExists || isStoreError(error, 'NoSuchUpload', 'PreconditionFailed'))
          return 'unclear';
        throw error;
      }
    });
  }

  #complete(
    { key, uploadId }: UploadTarget,
    parts: readonly CompletedPart[],
    crc32: number,
    condition: Pick<CompleteMultipartUploadCommandInput, 'IfNoneMatch'>,
  ): Promise<'completed'> {
    const named = ({ number, etag }: CompletedPart) => ({ PartNumber: number, ETag: etag });
    const plain = parts.map(named);
    const summed = parts.map((part) => ({ ...named(part), ChecksumCRC32: crc32Base64(part.crc32) }));
    const whole = { ChecksumType: 'FULL_OBJECT', ChecksumCRC32: crc32Base64(crc32) } as const;
    const send = async (Parts: typeof plain, checksum: Partial<typeof whole>): Promise<'completed'> => {
      const body = { UploadId: uploadId, MultipartUpload: { Parts } };
      const command = new CompleteMultipartUploadCommand({ ...this.at(key), ...body, ...checksum, ...condition });
      const { ETag } = await this.s3.send(command);
      // The status was sent before the store knew: an error may follow it, and the SDK misses one before a line end.
      if (ETag === undefined) throw new Error('the store did not say what it had made');
      return 'completed';
    };
    return this.features.try(
      'part checksums',
      () =>
        this.features.try(
          'object checksum',
          () => send(summed, whole),
          // The store has checked every part, and knows only the checksum of their checksums.
          () => send(summed, {}),
        ),
      () => send(plain, {}),
    );
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

  /** Uploads that are open under a prefix, with their age. MinIO lists none unless the prefix is a whole key or empty. */
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
}
