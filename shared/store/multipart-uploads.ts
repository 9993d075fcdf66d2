import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { crc32Base64 } from '../plan/crc32.js';
import { ServiceError } from '../errors.js';
import { disposition, abortedBy } from './bucket.js';
import { isStoreError } from './store-errors.js';
import { quoted, UploadListing } from './upload-listing.js';
import type { CompletedPart, StoredObject, UploadHeaders } from './upload-types.js';

interface UploadTarget {
  readonly key: string;
  readonly uploadId: string;
}

/** Thrown instead of completing an upload whose object exists; not a sign that the store lacks a feature. */
class ObjectExists extends Error {}

/** The multipart uploads of a bucket. `ObjectStore` documents the errors. */
export class MultipartUploads extends UploadListing {
  /** @returns null if the object does not exist */
  async head(key: string): Promise<StoredObject | null> {
    return this.run(async () => {
      try {
        const head = await this.s3.send(new HeadObjectCommand({ ...this.at(key), ChecksumMode: 'ENABLED' }));
        const { ContentLength: size = 0, ChecksumCRC32: crc32 = null, Metadata: metadata = {} } = head;
        // A composite checksum (`…-3`) is computed from the parts' checksums.
        const isComposite = head.ChecksumType === 'COMPOSITE' || crc32?.includes('-') === true;
        return { size, crc32: isComposite ? null : crc32, metadata };
      } catch (error) {
        if (isStoreError(error, 'NotFound', 'NoSuchKey')) return null;
        throw error;
      }
    });
  }

  /** @returns the id of a new multipart upload whose parts carry CRC-32 checksums */
  async createUpload(key: string, { contentType, metadata, ...file }: UploadHeaders): Promise<string> {
    const create = async (checksums: object): Promise<string> => {
      const headers = {
        ContentType: contentType,
        ContentDisposition: disposition(file),
        Metadata: { ...metadata },
        ...checksums,
      };
      const { UploadId } = await this.s3.send(new CreateMultipartUploadCommand({ ...this.at(key), ...headers }));
      if (UploadId === undefined) throw new Error('the store returned no upload id');
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

  /**
   * @param part `crc32` of the body; the store rejects the part on a mismatch, and a retry may succeed
   * @returns the part's ETag, or null if the upload does not exist
   */
  async uploadPart(
    target: UploadTarget,
    part: { partNumber: number; body: Buffer; crc32: number; signal?: AbortSignal },
  ): Promise<string | null> {
    const { partNumber, body, crc32, signal } = part;
    const send = async (checksum: object): Promise<string> => {
      const named = { UploadId: target.uploadId, PartNumber: partNumber, ContentLength: body.length };
      const command = new UploadPartCommand({ ...this.at(target.key), ...named, ...checksum, Body: body });
      const { ETag } = await this.s3.send(command, abortedBy(signal));
      if (ETag === undefined) throw new Error('the store returned no ETag');
      return quoted(ETag);
    };
    return this.run(async () => {
      try {
        return await this.features.try(
          'part checksums',
          () => send({ ChecksumCRC32: crc32Base64(crc32) }),
          // All stores support Content-MD5, at several times the CPU.
          () => send({ ContentMD5: createHash('md5').update(body).digest('base64') }),
        );
      } catch (error) {
        if (isStoreError(error, 'NoSuchUpload')) return null;
        if (!isStoreError(error, 'BadDigest', 'XAmzContentChecksumMismatch')) throw error;
        const sentence = `Part ${partNumber} was damaged on its way to the store.`;
        throw new ServiceError('STORAGE_UNAVAILABLE', sentence, {}, { cause: error });
      }
    });
  }

  /**
   * Creates the object unless the key exists.
   * @param parts in file order
   * @param crc32 of the whole object
   * @returns `completed`, or `unclear` if the upload is gone or the object already exists; HEAD tells which
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
          // Another attempt may complete between the two requests. Then its object has the same bytes, or its upload
          // was aborted before this one began.
          async () => {
            if ((await this.head(target.key)) !== null)
              throw new ObjectExists('An object with this key already exists.');
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
      // The store may send 200 and later an error in the body; the SDK overlooks one that ends with a line break.
      if (ETag === undefined) throw new Error('the store returned no ETag for the object');
      return 'completed';
    };
    return this.features.try(
      'part checksums',
      () =>
        this.features.try(
          'object checksum',
          () => send(summed, whole),
          // The store has checked every part, but only knows the checksum of their checksums.
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

  /** Aborts all open uploads under a key, repeatedly, because a late attempt may have opened another. */
  async abortUploadsOf(key: string, signal?: AbortSignal): Promise<void> {
    for (let round = 0; round < 10; round++) {
      const open = (await this.openUploads(key, signal)).filter((upload) => upload.key === key);
      if (open.length === 0) return;
      await Promise.all(open.map(({ uploadId }) => this.abortUpload(key, uploadId)));
    }
  }
}
