import { element, escape, NO_CONTENT, refuse, xml, type SinkAnswer } from './answer.js';
import { discard, header, metadataOf, type SinkRequest } from './request.js';
import type { SinkStore, SinkUpload } from './store.js';

/** Answers requests about one multipart upload: those with `?uploads` or `?uploadId=`. */
export async function answerForUpload(request: SinkRequest, store: SinkStore): Promise<SinkAnswer> {
  const { bucket, key, method, query } = request;
  if (query.has('uploads')) {
    await discard(request);
    const { id } = store.open(key, metadataOf(request));
    const names = [element('Bucket', escape(bucket)), element('Key', escape(key)), element('UploadId', id)];
    return xml('InitiateMultipartUploadResult', ...names);
  }
  const upload = store.upload(key, query.get('uploadId') ?? '');
  if (upload === undefined) {
    await discard(request);
    return refuse('NoSuchUpload');
  }
  switch (method) {
    case 'PUT': {
      const number = Number(query.get('partNumber'));
      const size = await discard(request);
      const etag = store.nextEtag();
      upload.parts.set(number, { number, size, etag });
      return { status: 200, headers: { etag } };
    }
    case 'GET':
      return listParts(upload);
    case 'POST':
      return complete(request, store, upload);
    default:
      await discard(request);
      store.uploads.delete(upload.id);
      return NO_CONTENT;
  }
}

/** Returns all parts at once: clients follow `IsTruncated` rather than the number they requested. */
function listParts({ key, id, parts }: SinkUpload): SinkAnswer {
  const listed = [...parts.values()]
    .sort((a, b) => a.number - b.number)
    .map(({ number, size, etag }) =>
      element('Part', element('PartNumber', number), element('Size', size), element('ETag', escape(etag))),
    );
  const about = [element('Key', escape(key)), element('UploadId', id), element('IsTruncated', 'false')];
  return xml('ListPartsResult', ...about, ...listed);
}

async function complete(request: SinkRequest, store: SinkStore, upload: SinkUpload): Promise<SinkAnswer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request.message as AsyncIterable<Buffer>) chunks.push(chunk);
  if (header(request, 'if-none-match') === '*' && store.objects.has(upload.key)) return refuse('PreconditionFailed');
  const named = parseNamedParts(Buffer.concat(chunks).toString());
  const object = store.complete(upload, named, header(request, 'x-amz-checksum-crc32'));
  if (object === undefined) return refuse('InvalidPart');
  const names = [element('Bucket', escape(request.bucket)), element('Key', escape(upload.key))];
  return xml('CompleteMultipartUploadResult', ...names, element('ETag', escape(object.etag)));
}

function parseNamedParts(body: string): { number: number; etag: string }[] {
  return [...body.matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => ({
    number: Number(/<PartNumber>(\d+)/.exec(part)?.[1]),
    etag: `"${/<ETag>(?:"|&quot;|&#34;)?([^"<&]*)/.exec(part)?.[1] ?? ''}"`,
  }));
}
