import { createServer, type Server, type ServerResponse } from 'node:http';
import type { SinkAnswer } from './answer.js';
import { answerForBucket } from './buckets.js';
import { answerForObject } from './objects.js';
import { parseRequest, type SinkRequest } from './request.js';
import { SinkStore } from './store.js';
import { answerForUpload } from './uploads.js';

/**
 * An S3 server that discards its input, so that the client accounts for the whole time of an upload. It supports what
 * the service and rclone use, and checks neither signatures nor checksums, because it shares the machine with what is
 * measured.
 */
export function createSink(): Server {
  const store = new SinkStore();
  return createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, (message, response) => {
    const request = parseRequest(message);
    answerFor(request, store).then(
      (answer) => {
        send(response, answer);
      },
      // A client that disconnected in the middle of its body needs no response.
      () => response.destroy(),
    );
  });
}

function answerFor(request: SinkRequest, store: SinkStore): Promise<SinkAnswer> {
  if (request.key === '') return answerForBucket(request, store);
  const isUpload = request.query.has('uploads') || request.query.has('uploadId');
  return isUpload ? answerForUpload(request, store) : answerForObject(request, store);
}

function send(response: ServerResponse, { status, headers = {}, body = '' }: SinkAnswer): void {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers });
  response.end(body);
}
