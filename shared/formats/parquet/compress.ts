import { promisify } from 'node:util';
import { constants, gzip, zstdCompress, type ZlibOptions, type ZstdOptions } from 'node:zlib';
import { compressSync } from 'snappy';

/** Compression of pages. Compression.md of the specification. */

/** `CompressionCodec` in parquet.thrift. */
export const CODECS = { none: 0, snappy: 1, gzip: 2, zstd: 6 } as const;
export type Codec = keyof typeof CODECS;

/** Compresses the bytes of a page, which must not change before it has finished. The same bytes give the same result. */
export type Compress = (plain: Buffer) => Buffer | Promise<Buffer>;

/** Pages of one encoder that are compressed at the same time by the codecs that use zlib's threads. */
const AT_ONCE = 4;
const GZIP_LEVEL = 6;
const ZSTD_LEVEL = 3;

const gzipped = promisify<Buffer, ZlibOptions, Buffer>(gzip);
const zstdCompressed = promisify<Buffer, ZstdOptions, Buffer>(zstdCompress);
const ZSTD_OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL } };

const COMPRESS: Readonly<Record<Codec, Compress>> = {
  none: (plain) => plain,
  // A thread would take longer to start than snappy takes for a page.
  snappy: (plain) => compressSync(plain),
  gzip: (plain) => gzipped(plain, { level: GZIP_LEVEL }),
  zstd: (plain) => zstdCompressed(plain, ZSTD_OPTIONS),
};

export const compressWith = (codec: Codec): Compress => COMPRESS[codec];

/** How many pages to compress at the same time. */
export const pagesAtOnce = (codec: Codec): number => (codec === 'gzip' || codec === 'zstd' ? AT_ONCE : 1);
