import { NO_CONTENT, refuse, type SinkAnswer } from './answer.js';
import { discard, header, keep, metadataOf, type SinkRequest } from './request.js';
import type { SinkObject, SinkStore } from './store.js';

const CRC32 = 'x-amz-checksum-crc32';

/** Answers requests about one object, except multipart uploads. */
export async function answerForObject(request: SinkRequest, store: SinkStore): Promise<SinkAnswer> {
  const { key, method } = request;
  switch (method) {
    case 'PUT':
      return put(request, store);
    case 'DELETE':
      store.objects.delete(key);
      return NO_CONTENT;
    case 'HEAD':
    case 'GET': {
      const object = store.objects.get(key);
      if (object === undefined) return method === 'HEAD' ? { status: 404 } : refuse('NoSuchKey');
      if (method === 'HEAD') return { status: 200, headers: { ...headersOf(object), 'content-length': object.size } };
      // The bytes were not kept: reading them back would not test how fast they were written.
      return object.body === undefined
        ? refuse('NotImplemented')
        : { status: 200, headers: headersOf(object), body: object.body };
    }
    default:
      await discard(request);
      return refuse('NotImplemented');
  }
}

async function put(request: SinkRequest, store: SinkStore): Promise<SinkAnswer> {
  if (header(request, 'if-none-match') === '*' && store.objects.has(request.key)) {
    await discard(request);
    return refuse('PreconditionFailed');
  }
  const body = await keep(request);
  const size = body?.length ?? Number(header(request, 'content-length') ?? 0);
  const etag = store.nextEtag();
  const crc32 = header(request, CRC32);
  store.objects.set(request.key, { ...metadataOf(request), size, etag, crc32, body, modifiedAt: new Date() });
  return { status: 200, headers: { etag } };
}

function headersOf({ etag, contentType, own, crc32, modifiedAt }: SinkObject) {
  return {
    etag,
    'last-modified': modifiedAt.toUTCString(),
    'content-type': contentType ?? 'application/octet-stream',
    ...own,
    ...(crc32 === undefined ? {} : { [CRC32]: crc32, 'x-amz-checksum-type': 'FULL_OBJECT' }),
  };
}
