import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Download links for mails and API responses. A presigned S3 URL dies with the credentials that signed it, so a link
 * points at the service, which creates a URL for each click. The token contains the job id and the expiry, and can't be
 * forged:
 *
 *     base64url(job id (16 bytes) · expiry, seconds since 1970 (6 bytes) · HMAC-SHA256 of both (32 bytes))
 *
 * These are 54 bytes, so the text has no padding bits, and every token has exactly one spelling.
 */

export interface DownloadLink {
  readonly jobId: string;
  /** Seconds since 1970. */
  readonly expires: number;
}

const ID_BYTES = 16;
const PAYLOAD_BYTES = ID_BYTES + 6;
const TOKEN = /^[A-Za-z0-9_-]{72}$/;
/** Separates links from anything else that the same secret may sign one day. */
const PURPOSE = 'export download link 1\n';

const sign = (payload: Buffer, secret: string): Buffer =>
  createHmac('sha256', secret).update(PURPOSE).update(payload).digest();

/** A link expires at a whole second: the fraction of `url_expires_at` is dropped. */
export const linkExpiry = (expiresAt: Date): number => Math.floor(expiresAt.getTime() / 1000);

/** @param expiresAt the job's `url_expires_at` */
export function makeDownloadToken(secret: string, jobId: string, expiresAt: Date): string {
  const payload = Buffer.alloc(PAYLOAD_BYTES);
  payload.write(jobId.replaceAll('-', ''), 'hex');
  payload.writeUIntBE(linkExpiry(expiresAt), ID_BYTES, PAYLOAD_BYTES - ID_BYTES);
  return Buffer.concat([payload, sign(payload, secret)]).toString('base64url');
}

/** @returns null if this secret didn't sign the token. The caller checks whether it has expired. */
export function readDownloadToken(secret: string, token: string): DownloadLink | null {
  if (!TOKEN.test(token)) return null;
  const bytes = Buffer.from(token, 'base64url');
  const payload = bytes.subarray(0, PAYLOAD_BYTES);
  if (!timingSafeEqual(bytes.subarray(PAYLOAD_BYTES), sign(payload, secret))) return null;
  const jobId = payload.toString('hex', 0, ID_BYTES).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { jobId, expires: payload.readUIntBE(ID_BYTES, PAYLOAD_BYTES - ID_BYTES) };
}

/** The `download_url` of a job, for mails and API responses. */
export function downloadUrl(publicUrl: string, secret: string, jobId: string, expiresAt: Date): string {
  return `${publicUrl.replace(/\/+$/, '')}/d/${makeDownloadToken(secret, jobId, expiresAt)}`;
}
