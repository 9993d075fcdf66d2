import {
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandInput,
  type ListMultipartUploadsCommandOutput,
  ListPartsCommand,
  type ListPartsCommandOutput,
} from '@aws-sdk/client-s3';
import { Bucket, abortedBy } from './bucket.js';
import { followListing } from './listing.js';
import { isStoreError } from './store-errors.js';
import type { OpenUpload, StoredPart } from './upload-types.js';

type UploadMarker = Pick<ListMultipartUploadsCommandInput, 'KeyMarker' | 'UploadIdMarker'>;

/** An upload has 10,000 part numbers; SeaweedFS lists a part twice if it was written twice. */
const MAX_LISTED_PARTS = 20_000;

/** Maximum uploads that one listing returns: callers abort them and list again. */
const MAX_LISTED_UPLOADS = 100_000;

/** Some stores quote ETags only in headers or only in XML, and some proxies mark them as weak. */
export const quoted = (etag: string): string => `"${etag.replace(/^W\//, '').replaceAll('"', '')}"`;

/** Listings of a bucket's multipart uploads. */
export class UploadListing extends Bucket {
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
   * Follows `IsTruncated` alone: Amazon sends a `NextPartNumberMarker` with the last page, too, which makes the SDK's
   * paginator loop forever.
   * @returns null if the upload does not exist. SeaweedFS lists a part twice, in any order, if it was written twice.
   */
  async listParts(key: string, uploadId: string, signal?: AbortSignal): Promise<StoredPart[] | null> {
    return this.run(async () => {
      const pages = followListing<ListPartsCommandOutput, string>({
        what: 'parts',
        fetchPage: (after) =>
          this.s3.send(
            new ListPartsCommand({ ...this.at(key), UploadId: uploadId, PartNumberMarker: after }),
            abortedBy(signal),
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

  /** Open uploads under a prefix, with their age. MinIO lists none unless the prefix is a whole key or empty. */
  async openUploads(prefix: string, signal?: AbortSignal): Promise<OpenUpload[]> {
    return this.run(async () => {
      const pages = followListing<ListMultipartUploadsCommandOutput, UploadMarker>({
        what: 'uploads',
        fetchPage: (after) =>
          this.s3.send(
            new ListMultipartUploadsCommand({ Bucket: this.bucket, Prefix: prefix, ...after }),
            abortedBy(signal),
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
}
