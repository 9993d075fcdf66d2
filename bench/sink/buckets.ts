import { element, escape, NO_CONTENT, refuse, xml, type SinkAnswer } from './answer.js';
import { discard, keep, type SinkRequest } from './request.js';
import type { SinkStore } from './store.js';

/** Answers requests about a bucket; every bucket exists. */
export async function answerForBucket(request: SinkRequest, store: SinkStore): Promise<SinkAnswer> {
  const { method, query } = request;
  if (method === 'POST' && query.has('delete')) return deleteObjects(request, store);
  await discard(request);
  if (method === 'HEAD' || method === 'PUT') return { status: 200 };
  if (method === 'DELETE') return NO_CONTENT;
  if (method !== 'GET') return refuse('NotImplemented');
  const prefix = query.get('prefix') ?? '';
  if (query.has('uploads')) return listUploads(prefix, store);
  return query.has('location') ? xml('LocationConstraint') : listObjects(prefix, store);
}

function listUploads(prefix: string, { uploads }: SinkStore): SinkAnswer {
  const listed = [...uploads.values()]
    .filter(({ key }) => key.startsWith(prefix))
    .map(({ id, key, startedAt }) =>
      element(
        'Upload',
        element('Key', escape(key)),
        element('UploadId', id),
        element('Initiated', startedAt.toISOString()),
      ),
    );
  return xml('ListMultipartUploadsResult', element('IsTruncated', 'false'), ...listed);
}

function listObjects(prefix: string, { objects }: SinkStore): SinkAnswer {
  const listed = [...objects]
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, { size, etag, modifiedAt }]) =>
      element(
        'Contents',
        element('Key', escape(key)),
        element('Size', size),
        element('ETag', escape(etag)),
        element('LastModified', modifiedAt.toISOString()),
      ),
    );
  return xml('ListBucketResult', element('IsTruncated', 'false'), ...listed);
}

async function deleteObjects(request: SinkRequest, { objects }: SinkStore): Promise<SinkAnswer> {
  const body = (await keep(request))?.toString() ?? '';
  for (const [, key = ''] of body.matchAll(/<Key>(.*?)<\/Key>/gs)) objects.delete(key);
  return xml('DeleteResult');
}
