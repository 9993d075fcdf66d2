import type { NamedFile } from './bucket.js';

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

export interface UploadHeaders extends NamedFile {
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}
