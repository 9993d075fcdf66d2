import type { IncomingMessage } from 'node:http';
import type { Metadata } from './store.js';

/** Bodies up to this many bytes are kept, because temporary objects below the minimum part size are read again. */
const KEPT = 6 * 1024 ** 2;

/** A request with a path-style URL: `/bucket/key?query`. */
export interface SinkRequest {
  readonly message: IncomingMessage;
  readonly method: string;
  readonly bucket: string;
  /** Empty for requests about the bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
}

export function parseRequest(message: IncomingMessage): SinkRequest {
  const url = new URL(message.url ?? '/', 'http://sink');
  const [bucket = '', ...key] = url.pathname.slice(1).split('/').map(decodeURIComponent);
  return { message, method: message.method ?? 'GET', bucket, key: key.join('/'), query: url.searchParams };
}

export function header({ message }: SinkRequest, name: string): string | undefined {
  const value = message.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Size of the object or part in the body, which is smaller than the body if the client sends signed chunks. Bytes. */
function payloadSize(request: SinkRequest): number {
  return Number(header(request, 'x-amz-decoded-content-length') ?? header(request, 'content-length') ?? 0);
}

export function metadataOf(request: SinkRequest): Metadata {
  const own = Object.entries(request.message.headers).flatMap(([name, value]) =>
    name.startsWith('x-amz-meta-') && typeof value === 'string' ? [[name, value] as const] : [],
  );
  return { contentType: header(request, 'content-type'), own: Object.fromEntries(own) };
}

/**
 * Reads a body to its end and discards it.
 * @returns its payload's size in bytes
 */
export async function discard(request: SinkRequest): Promise<number> {
  const { message } = request;
  await new Promise<void>((resolve, reject) => {
    message.once('end', resolve);
    message.once('error', reject);
    message.once('aborted', () => {
      reject(new Error('the client went away'));
    });
    message.resume();
  });
  return payloadSize(request);
}

/**
 * Reads a small body.
 * @returns undefined for a larger one, which is discarded
 */
export async function keep(request: SinkRequest): Promise<Buffer | undefined> {
  if (payloadSize(request) > KEPT) {
    await discard(request);
    return undefined;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request.message as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  return isChunked(request) ? unchunk(body) : body;
}

const isChunked = (request: SinkRequest): boolean =>
  header(request, 'content-encoding')?.includes('aws-chunked') === true;

/**
 * Decodes https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html: `size;chunk-signature=…`, bytes, and so
 * on.
 */
function unchunk(body: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = body.indexOf('\r\n', at);
    const size = lineEnd < 0 ? 0 : Number.parseInt(body.toString('latin1', at, lineEnd), 16);
    if (!(size > 0)) return Buffer.concat(pieces);
    pieces.push(body.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
