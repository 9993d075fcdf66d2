import assert from 'node:assert/strict';
import type { ObjectStore } from '../../shared/store/object-store.js';
import type { Reply, StoreRequest } from '../support/recorded-store.js';
import { RecordedAnswering } from './recorded-answering.js';

const KEY = 'exports/a.csv';

describe('a listing of the object store', () => {
  const recorded = new RecordedAnswering();
  const answering = (reply: Reply): Promise<ObjectStore> => recorded.open(reply);
  afterEach(() => recorded.close());

  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html; versitygw 1.8.0 sends "0" as well.
  for (const marker of ['0', '2']) {
    it(`ends when IsTruncated is false, even if the page has NextPartNumberMarker ${marker}`, async () => {
      const store = await answering(() => partsPage([1, 2], marker, false));
      assert.deepEqual(await store.listParts(KEY, 'u'), [part(1), part(2)]);
      assert.equal(recorded.requests.length, 1);
    });
  }

  it('follows every page of parts', async () => {
    const pages: Record<string, ReturnType<typeof partsPage>> = {
      '': partsPage([1, 2], '2', true),
      '2': partsPage([3, 7], '7', true),
      '7': partsPage([8], '0', false),
    };
    const store = await answering(({ query }) => pages[query.get('part-number-marker') ?? '']);
    assert.deepEqual(await store.listParts(KEY, 'u'), [1, 2, 3, 7, 8].map(part));
  });

  it('continues after the last part if the store names no marker', async () => {
    const store = await answering(({ query }) =>
      query.has('part-number-marker') ? partsPage([3], undefined, false) : partsPage([1, 2], undefined, true),
    );
    assert.deepEqual(await store.listParts(KEY, 'u'), [1, 2, 3].map(part));
  });

  const endless: Record<string, { reply: Reply; list: (store: ObjectStore) => Promise<unknown> }> = {
    'pages of parts whose marker repeats': {
      reply: ({ query }) => partsPage([1], query.get('part-number-marker') === '7' ? '0' : '7', true),
      list: (store) => store.listParts(KEY, 'u'),
    },
    'pages of parts with neither markers nor parts': {
      reply: () => partsPage([], undefined, true),
      list: (store) => store.listParts(KEY, 'u'),
    },
    'pages of uploads whose marker never changes': {
      reply: () => uploadsPage('<NextKeyMarker>a</NextKeyMarker><NextUploadIdMarker>u</NextUploadIdMarker>'),
      list: (store) => store.openUploads(''),
    },
    'pages of uploads without markers': { reply: () => uploadsPage(''), list: (store) => store.openUploads('') },
    'pages of objects that start over': { reply: () => objectsPage('tmp/1'), list: (store) => allPages(store) },
    'a page of objects that says there are more but names none': {
      reply: () => listing('ListBucketResult', truncation(true)),
      list: (store) => store.deleteAll('tmp/'),
    },
    'pages of objects that are never deleted': {
      reply: ({ operation }) => (operation === 'DeleteObjects' ? DELETED : objectsPage('tmp/1')),
      list: (store) => store.deleteAll('tmp/'),
    },
  };
  for (const [name, { reply, list }] of Object.entries(endless)) {
    it(`fails instead of looping: ${name}`, async () => {
      const store = await answering(reply);
      await assert.rejects(list(store), { code: 'STORAGE_UNAVAILABLE', message: /listed the .* twice/ });
      assert(recorded.requests.length <= 6, `${recorded.requests.length} requests`);
    });
  }

  it('fails instead of returning far more parts than an upload can have', async () => {
    let first = 0;
    const store = await answering(() => {
      first += 1000;
      return partsPage(
        Array.from({ length: 1000 }, (_, at) => first + at),
        String(first),
        true,
      );
    });
    await assert.rejects(store.listParts(KEY, 'u'), { message: /more than 20000 parts/ });
  });

  const aborted: Record<string, (store: ObjectStore, signal: AbortSignal) => Promise<unknown>> = {
    parts: (store, signal) => store.listParts(KEY, 'u', signal),
    uploads: (store, signal) => store.openUploads('', signal),
    'uploads that are aborted': (store, signal) => store.abortUploadsOf(KEY, signal),
    objects: (store, signal) => allPages(store, signal),
    'objects that are deleted': (store, signal) => store.deleteAll('tmp/', signal),
  };
  for (const [name, list] of Object.entries(aborted)) {
    it(`stops when its signal aborts: ${name}`, async () => {
      const ending = new AbortController();
      let pages = 0;
      const store = await answering((request) => {
        pages += 1;
        if (pages === 3) ending.abort(new Error('the activity has ended'));
        return endlessPage(request, pages);
      });
      await assert.rejects(list(store, ending.signal), { name: 'AbortError' });
      assert(pages <= 4, `${pages} requests`);
    });
  }
});

async function allPages(store: ObjectStore, signal?: AbortSignal): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of store.listPages('tmp/', signal)) keys.push(...page.map(({ key }) => key));
  return keys;
}

const part = (number: number) => ({ number, size: 5, etag: `"${number}"` });

function partsPage(numbers: readonly number[], next: string | undefined, truncated: boolean) {
  const parts = numbers.map(
    (number) =>
      `<Part><PartNumber>${number}</PartNumber><ETag>&quot;${number}&quot;</ETag><Size>5</Size>` +
      '<LastModified>2026-11-29T10:00:00.000Z</LastModified></Part>',
  );
  const marker = next === undefined ? '' : `<NextPartNumberMarker>${next}</NextPartNumberMarker>`;
  return listing('ListPartsResult', `${marker}<MaxParts>1000</MaxParts>${truncation(truncated)}${parts.join('')}`);
}

const uploadsPage = (markers: string) => listing('ListMultipartUploadsResult', `${markers}${truncation(true)}`);

function objectsPage(key: string) {
  const object = `<Contents><Key>${key}</Key><LastModified>2026-11-29T10:00:00.000Z</LastModified><Size>1</Size></Contents>`;
  return listing('ListBucketResult', `${truncation(true)}${object}`);
}

const DELETED = listing('DeleteResult', '');

/** A page with a new marker every time. */
function endlessPage({ operation }: StoreRequest, page: number) {
  if (operation === 'DeleteObjects') return DELETED;
  if (operation === 'ListParts') return partsPage([page], String(page), true);
  if (operation === 'ListObjectsV2') return objectsPage(`tmp/${String(page).padStart(9, '0')}`);
  return uploadsPage(`<NextKeyMarker>${page}</NextKeyMarker><NextUploadIdMarker>u</NextUploadIdMarker>`);
}

function listing(name: string, inner: string) {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</${name}>`;
  return { status: 200, body };
}

function truncation(truncated: boolean): string {
  return `<IsTruncated>${truncated}</IsTruncated>`;
}
