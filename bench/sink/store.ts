import { randomUUID } from 'node:crypto';

export interface Metadata {
  readonly contentType: string | undefined;
  /** `x-amz-meta-…` headers, under their full names. */
  readonly own: Readonly<Record<string, string>>;
}

export interface SinkObject extends Metadata {
  readonly size: number;
  readonly etag: string;
  /** Full-object CRC-32 as the client sent it; not checked. */
  readonly crc32: string | undefined;
  /** Undefined if it was discarded. */
  readonly body: Buffer | undefined;
  readonly modifiedAt: Date;
}

export interface SinkPart {
  readonly number: number;
  readonly size: number;
  readonly etag: string;
}

export interface SinkUpload extends Metadata {
  readonly id: string;
  readonly key: string;
  readonly startedAt: Date;
  readonly parts: Map<number, SinkPart>;
}

/** Stores names and sizes of uploads, and the bytes of small objects. */
export class SinkStore {
  readonly objects = new Map<string, SinkObject>();
  readonly uploads = new Map<string, SinkUpload>();
  #serial = 0;

  /** A serial number, because computing an MD5 would cost more than everything else here. */
  nextEtag(): string {
    this.#serial += 1;
    return `"${this.#serial.toString(16).padStart(8, '0')}"`;
  }

  open(key: string, metadata: Metadata): SinkUpload {
    const upload = { ...metadata, id: randomUUID(), key, startedAt: new Date(), parts: new Map<number, SinkPart>() };
    this.uploads.set(upload.id, upload);
    return upload;
  }

  upload(key: string, id: string): SinkUpload | undefined {
    const upload = this.uploads.get(id);
    return upload?.key === key ? upload : undefined;
  }

  /**
   * Joins the named parts.
   * @returns undefined if one of them is missing or has a different ETag
   */
  complete(
    upload: SinkUpload,
    named: readonly { number: number; etag: string }[],
    crc32: string | undefined,
  ): SinkObject | undefined {
    let size = 0;
    for (const { number, etag } of named) {
      const part = upload.parts.get(number);
      if (part?.etag !== etag) return undefined;
      size += part.size;
    }
    const { contentType, own, key } = upload;
    const object = { size, etag: this.nextEtag(), crc32, body: undefined, modifiedAt: new Date(), contentType, own };
    this.objects.set(key, object);
    this.uploads.delete(upload.id);
    return object;
  }
}
