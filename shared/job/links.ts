import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Links that a mail may carry. A presigned S3 URL dies with the credentials that signed it, so a link points at the
 * service, which mints a URL at every click. The token says which file and until when, and nothing else can make one:
 *
 * `base64url(job id (16 bytes) · expiry, seconds since 1970 (6 bytes) · HMAC-SHA256 of both (32 bytes))`
 *
 * These are 54 bytes, so that the text has no padding bits: every token has exactly one spelling.
 */

export interface DownloadLink {
  readonly jobId: string;
  /** Seconds since 1970. */
  readonly expires: number;
}

const ID_BYTES = 16;
const PAYLOAD_BYTES = ID_BYTES + 6;
const TOKEN = /^[A-Za-z0-9_-]{72}$/;
/** The same secret may sign other things one day; none of these shall pass as a link. */
const PURPOSE = 'export download link 1\n';

const sign = (payload: Buffer, secret: string): Buffer =>
  createHmac('sha256', secret).update(PURPOSE).update(payload).digest();

/** A link lives in whole seconds: the fraction of `url_expires_at` is dropped. */
export const linkExpiry = (expiresAt: Date): number => Math.floor(expiresAt.getTime() / 1000);

/** @param expiresAt `url_expires_at` of the job */
export function makeDownloadToken(secret: string, jobId: string, expiresAt: Date): string {
  const payload = Buffer.alloc(PAYLOAD_BYTES);
  payload.write(jobId.replaceAll('-', ''), 'hex');
  payload.writeUIntBE(linkExpiry(expiresAt), ID_BYTES, PAYLOAD_BYTES - ID_BYTES);
  return Buffer.concat([payload, sign(payload, secret)]).toString('base64url');
}

/** @returns null for everything that this secret has not signed; whether it has expired is the caller's to ask */
export function readDownloadToken(secret: string, token: string): DownloadLink | null {
  if (!TOKEN.test(token)) return null;
  const bytes = Buffer.from(token, 'base64url');
  const payload = bytes.subarray(0, PAYLOAD_BYTES);
  if (!timingSafeEqual(bytes.subarray(PAYLOAD_BYTES), sign(payload, secret))) return null;
  const jobId = payload.toString('hex', 0, ID_BYTES).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { jobId, expires: payload.readUIntBE(ID_BYTES, PAYLOAD_BYTES - ID_BYTES) };
}

/** `download_url` of a job: what mails and answers carry. */
export function downloadUrl(publicUrl: string, secret: string, jobId: string, expiresAt: Date): string {
  return `${publicUrl.replace(/\/+$/, '')}/d/${makeDownloadToken(secret, jobId, expiresAt)}`;
}
