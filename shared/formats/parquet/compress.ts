import { promisify } from 'node:util';
import {
  constants,
  gzip,
  gzipSync,
  zstdCompress,
  zstdCompressSync,
  type ZlibOptions,
  type ZstdOptions,
} from 'node:zlib';
import { compressSync } from 'snappy';

/** Compression of pages. Compression.md of the specification. */

/** `CompressionCodec` in parquet.thrift. */
export const CODECS = { none: 0, snappy: 1, gzip: 2, zstd: 6 } as const;
export type Codec = keyof typeof CODECS;

/** Compresses a page, which must not change meanwhile. The same bytes always give the same result. */
export type Compress = (plain: Buffer) => Buffer | Promise<Buffer>;

const GZIP_LEVEL = 6;
const ZSTD_LEVEL = 3;
/** Shorter pages are compressed at once: waking one of zlib's threads would take longer. Bytes. */
const WORTH_A_THREAD = 64 * 1024;
/** Pages of one encoder that are compressed at the same time. */
export const PAGES_AT_ONCE = 4;

const gzipOnThread = promisify<Buffer, ZlibOptions, Buffer>(gzip);
const zstdOnThread = promisify<Buffer, ZstdOptions, Buffer>(zstdCompress);

/** One chunk for all output, if it isn't longer than the input. */
const gzipOptions = ({ length }: Buffer): ZlibOptions => ({ level: GZIP_LEVEL, chunkSize: length + LEAST_CHUNK });
const zstdOptions = ({ length }: Buffer): ZstdOptions => ({
  params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL },
  chunkSize: length + LEAST_CHUNK,
});
/** The least that zlib accepts. */
const LEAST_CHUNK = 64;

const COMPRESS: Readonly<Record<Codec, Compress>> = {
  none: (plain) => plain,
  snappy: (plain) => compressSync(plain),
  gzip: (plain) =>
    plain.length < WORTH_A_THREAD ? gzipSync(plain, gzipOptions(plain)) : gzipOnThread(plain, gzipOptions(plain)),
  zstd: (plain) =>
    plain.length < WORTH_A_THREAD
      ? zstdCompressSync(plain, zstdOptions(plain))
      : zstdOnThread(plain, zstdOptions(plain)),
};

export const compressWith = (codec: Codec): Compress => COMPRESS[codec];
