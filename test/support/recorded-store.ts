import { once } from 'node:events';
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';

/** A response as sent over the wire. */
export interface RecordedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The real store performs the request, but its response is lost. */
  readonly afterwards?: true;
}

export interface StoreRequest {
  /** S3's name of the operation, such as `ListParts`. */
  readonly operation: string;
  readonly method: string;
  /** Bucket and key. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

/** The response to a request; undefined passes it on to the real store. A promise holds the request. */
export type Reply = (request: StoreRequest) => RecordedAnswer | undefined | Promise<undefined>;

/** A store that gives recorded responses to some requests and passes all others to a real one. */
export interface RecordedStore {
  readonly endpoint: string;
  /** All requests, in order. */
  readonly requests: readonly StoreRequest[];
  /** Waits until all requests so far have been answered, even if their client no longer waits for the answer. */
  untilAnswered(): Promise<void>;
  close(): Promise<void>;
}

/** @param behind endpoint of the real store; without one, a request without a recorded response gets a 501 */
export async function startRecordedStore(reply: Reply, behind?: string): Promise<RecordedStore> {
  const requests: StoreRequest[] = [];
  const answers: Promise<unknown>[] = [];
  const server = createServer((message, response) => {
    const request = toStoreRequest(message);
    requests.push(request);
    answers.push(once(response, 'close'));
    const replied = reply(request);
    if (replied instanceof Promise) {
      void replied.then(() => {
        give(undefined, message, response);
      });
    } else give(replied, message, response);
  });
  function give(answer: RecordedAnswer | undefined, message: IncomingMessage, response: ServerResponse): void {
    if (answer?.afterwards === true && behind !== undefined) {
      passOn(message, behind, response, (real) => {
        sendAnswer(real, response, answer);
      });
    } else if (answer !== undefined) sendAnswer(message, response, answer);
    else if (behind !== undefined) {
      passOn(message, behind, response, (real) => {
        response.writeHead(real.statusCode ?? 502, real.headers);
        real.pipe(response);
      });
    } else
      sendAnswer(message, response, {
        status: 501,
        body: errorBody('NotImplemented', toStoreRequest(message).operation),
      });
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    untilAnswered: async () => {
      await Promise.all(answers);
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** S3's error document. */
export const errorBody = (code: string, message = code): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>` +
  '<RequestId>4442587FB7D0A2F9</RequestId><HostId>recorded</HostId></Error>';

function toStoreRequest({ method = '', url = '', headers }: IncomingMessage): StoreRequest {
  const { pathname, searchParams: query } = new URL(url, 'http://store');
  const [, , ...key] = pathname.split('/');
  const level = key.join('/') === '' ? 'bucket' : 'object';
  return { operation: operationOf(`${method} ${level}`, query), method, path: pathname, query, headers };
}

function operationOf(target: string, query: URLSearchParams): string {
  const found = OPERATIONS.find(([to, parameter]) => to === target && (parameter === '' || query.has(parameter)));
  return found === undefined ? target : found[2];
}

/** Method, bucket or object, and a query parameter; the first match wins. */
const OPERATIONS = [
  ['HEAD bucket', '', 'HeadBucket'],
  ['GET bucket', 'uploads', 'ListMultipartUploads'],
  ['GET bucket', 'list-type', 'ListObjectsV2'],
  ['POST bucket', 'delete', 'DeleteObjects'],
  ['HEAD object', '', 'HeadObject'],
  ['GET object', 'uploadId', 'ListParts'],
  ['GET object', '', 'GetObject'],
  ['POST object', 'uploads', 'CreateMultipartUpload'],
  ['POST object', 'uploadId', 'CompleteMultipartUpload'],
  ['PUT object', 'uploadId', 'UploadPart'],
  ['PUT object', '', 'PutObject'],
  ['DELETE object', 'uploadId', 'AbortMultipartUpload'],
  ['DELETE object', '', 'DeleteObject'],
] as const;

/** Reads the whole request first: otherwise a client that is still sending would see a reset connection. */
function sendAnswer(message: IncomingMessage, response: ServerResponse, answer: RecordedAnswer): void {
  message.resume().once('end', () => {
    const { status, headers = {}, body = '' } = answer;
    response.writeHead(status, { 'content-type': 'application/xml', ...headers });
    response.end(body);
  });
}

/** Forwards the original host header, which is signed. */
function passOn(
  message: IncomingMessage,
  behind: string,
  response: ServerResponse,
  use: (real: IncomingMessage) => void,
): void {
  const { hostname, port } = new URL(behind);
  const { method, url: path, headers } = message;
  const onward = forward({ hostname, port, method, path, headers }, use);
  onward.once('error', () => response.destroy());
  message.once('close', () => {
    if (!message.complete) onward.destroy();
  });
  message.pipe(onward);
}
