import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { openPython, orFail } from '../../support/python.js';
import { readByHyparquet } from './read-hyparquet.js';

const SCRIPT = fileURLToPath(new URL('read.py', import.meta.url));
const CSV_SCRIPT = fileURLToPath(new URL('to_csv.py', import.meta.url));
const HASH_SCRIPT = fileURLToPath(new URL('hash_rows.py', import.meta.url));
const READ_LIMIT_MS = 120_000;
const CONVERT_LIMIT_MS = 600_000;
const PACKAGES = ['pyarrow==26.0.1', 'polars==2.1.0', 'polars-runtime-32==2.1.0', 'duckdb==1.5.5'];

const contents = z.object({
  /** Names and types of the columns, in the words of pyarrow. */
  schema: z.array(z.tuple([z.string(), z.string()])),
  /** Rows of each row group. */
  groups: z.array(z.number()),
  /** Columns and whether they descend, of each row group. */
  sorted_by: z.array(z.array(z.tuple([z.string(), z.boolean()]))),
  /** Key-value metadata. */
  metadata: z.record(z.string(), z.string()),
  rows: z.array(z.array(z.string().nullable())),
});

/** An independent program or library that reads Parquet. */
export interface ParquetReader {
  readonly name: string;
  /** Whether it keeps all digits of decimals. */
  readonly isExact: boolean;
  /** The rows of a file, in the form of read.py. */
  readonly read: (file: string) => Promise<readonly (readonly (string | null)[])[]>;
}

/** A Python with packages that read Parquet. */
export const parquetPython = () => openPython('parquet-1', PACKAGES);

async function contentsBy(reader: string, file: string): Promise<z.infer<typeof contents>> {
  const python = await parquetPython();
  return contents.parse(JSON.parse(orFail(reader, await python.run([SCRIPT, reader, file], READ_LIMIT_MS))));
}

/** The structure of a file, without its rows. */
export const structureOf = (file: string): Promise<Omit<z.infer<typeof contents>, 'rows'>> =>
  contentsBy('pyarrow', file);

/** Writes what a reader in Python reads as CSV, with the cells of read.py, all in quotes except for nulls. */
export async function convertToCsv(reader: string, file: string, csv: string): Promise<void> {
  const python = await parquetPython();
  orFail(reader, await python.run([CSV_SCRIPT, reader, file, csv], CONVERT_LIMIT_MS));
}

/** The SHA-256 of the rows that DuckDB reads, in the form of hash_rows.py. */
export async function hashByDuckDb(file: string): Promise<string> {
  const python = await parquetPython();
  return orFail('DuckDB', await python.run([HASH_SCRIPT, file, `${file}.csv`], CONVERT_LIMIT_MS)).trim();
}

const inPython = (name: string): ParquetReader => ({
  name,
  isExact: true,
  read: async (file) => (await contentsBy(name, file)).rows,
});

export const PARQUET_READERS: readonly ParquetReader[] = [
  ...['pyarrow', 'polars', 'DuckDB'].map(inPython),
  { name: 'hyparquet', isExact: false, read: readByHyparquet },
];
