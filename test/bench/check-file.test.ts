import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import { checkFile } from '../../bench/check-file.js';
import { readCsvRows, readUnpacked } from '../../bench/content.js';
import type { Turn } from '../../bench/turn.js';
import type { Expectation } from '../../bench/expectation.js';
import { fingerprint } from '../../bench/fingerprint.js';

const fingerprintOf = (bytes: Buffer) =>
  fingerprint(
    (async function* () {
      yield await Promise.resolve(bytes);
    })(),
  );

const reading = { seconds: 1, cpu: {}, otherCpu: 0, peakMemory: {} };
const turn: Turn = { seconds: 1, clientCpu: 1, peakMemory: 1, reading, key: 'a.csv', bytes: undefined };
const plain = Buffer.from('1,a\n2,b\n');

describe('the file of a benchmark turn', () => {
  let server: Server;
  let s3: S3Client;
  /** The stored file. */
  let stored: Buffer = plain;

  before(async () => {
    server = createServer((request, response) => {
      response.writeHead(200, { 'content-length': stored.length }).end(request.method === 'HEAD' ? undefined : stored);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    s3 = new S3Client({ endpoint, region: 'r', credentials, forcePathStyle: true });
  });
  after(async () => {
    s3.destroy();
    server.close();
    await once(server, 'close');
  });

  async function check(expected: Expectation, told: Partial<Turn> = {}, store: 's3' | 'sink' = 's3'): Promise<void> {
    const address = { endpoint: '', region: '', accessKeyId: '', secretAccessKey: '' };
    const target = { store, address, bucket: 'b', s3, pids: {} };
    await checkFile({ name: 'x', title: 'x', target, expected }, { ...turn, ...told });
  }

  it('is compared byte for byte with the expected file', async () => {
    const file = await fingerprintOf(plain);
    stored = plain;
    await check({ file }, file);
    await check({ file });
    stored = Buffer.from('1,a\n2,c\n');
    await assert.rejects(check({ file }), /x produced a wrong file: crc32 is .{8}, not .{8}\./);
    stored = Buffer.from('1,a\n');
    await assert.rejects(check({ file }), /x produced a wrong file: bytes is 4, not 8\./);
    await assert.rejects(check({ file }, {}, 'sink'), /x produced a wrong file: bytes is 4, not 8\./);
  });

  it('is compared with the job', async () => {
    const told = await fingerprintOf(plain);
    stored = plain;
    await check({}, told);
    await assert.rejects(check({}, { ...told, crc32: '00000000' }), /wrong file: crc32/);
    await assert.rejects(check({ file: told }, { ...told, bytes: 9 }), /wrong file: bytes is 9, not 8/);
  });

  it('is compared by content if its bytes may differ, and with the job', async () => {
    stored = gzipSync(plain);
    const told = await fingerprintOf(stored);
    const content = { read: readUnpacked, is: { ...(await fingerprintOf(plain)) } };
    await check({ content }, told);
    await assert.rejects(check({ content }, { bytes: 3 }), /wrong file: bytes/);
    stored = gzipSync('1,a\n2,c\n');
    await assert.rejects(check({ content }), /wrong file: crc32/);
    stored = plain;
    await assert.rejects(check({ content }), /x produced an unreadable file: incorrect header check\./);
    stored = Buffer.from('id,note\n1,a\n3,b\n');
    const rows = { read: readCsvRows, is: { rows: 2, sum: 3, isInOrder: true } };
    await assert.rejects(check({ content: rows }), /wrong file: sum is 4, not 3/);
  });
});
