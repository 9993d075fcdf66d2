import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { CommonConfig } from './config.js';
import { ObjectStore } from '../store/object-store.js';

export interface OpenedObjectStore {
  readonly store: ObjectStore;
  close(): void;
}

type StoreConfig = Pick<CommonConfig, 'S3_ENDPOINT' | 'S3_PUBLIC_ENDPOINT' | 'S3_REGION' | 'EXPORT_BUCKET'>;

/** Opens the bucket. Credentials come from AWS's own chain. The owner must `close()` it. */
export function openObjectStore(config: StoreConfig, maxSockets = 50): OpenedObjectStore {
  const requestHandler = new NodeHttpHandler({
    connectionTimeout: 3000,
    // Time without a byte in either direction: treat a hanging store as down.
    socketTimeout: 60_000,
    httpAgent: new HttpAgent({ keepAlive: true, maxSockets }),
    httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets }),
  });
  const client = (endpoint: string | undefined): S3Client => {
    const options: S3ClientConfig = {
      region: config.S3_REGION,
      requestHandler,
      // We send our own CRC-32s, computed while parts fill; the SDK would compute them again.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      maxAttempts: 3,
    };
    // Stores other than Amazon rarely support a host name per bucket.
    return new S3Client(endpoint === undefined ? options : { ...options, endpoint, forcePathStyle: true });
  };
  const s3 = client(config.S3_ENDPOINT);
  const links = client(config.S3_PUBLIC_ENDPOINT ?? config.S3_ENDPOINT);
  // A SHA-256 over every part costs as much CPU as the export itself; the CRC-32 header already protects the bytes.
  s3.middlewareStack.add(
    (next, context) => (args) => {
      const { request } = args;
      const isPart = context.commandName === 'UploadPartCommand';
      if (isPart && typeof request === 'object' && request !== null && 'headers' in request) {
        (request.headers as Record<string, string>)['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
      }
      return next(args);
    },
    { step: 'build', name: 'unsignedPayload', priority: 'low' },
  );
  return {
    store: new ObjectStore(s3, links, config.EXPORT_BUCKET),
    close: () => {
      s3.destroy();
      links.destroy();
    },
  };
}
