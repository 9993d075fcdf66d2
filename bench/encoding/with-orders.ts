import { loadFormat } from '../../shared/formats/load-format.js';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BENCH_DIR, seededDatabase } from '../bench-stack.js';
import type { Lab } from '../lab.js';
import type { Stage } from '../shell-line.js';
import type { Encoder } from './contestants.js';
import { copyForFormat, copyPlain } from './copy-files.js';

/** Unencoded orders in files. */
export interface OrderFiles {
  /** Folder for these files, the encoded ones, and temporary ones. */
  readonly folder: string;
  readonly sourceUrl: string;
  /**
   * COPY's text format, as PostgreSQL writes it: the rivals' input.
   * @returns its path
   */
  readonly plain: (rows: number) => Promise<string>;
  /** The service's own encoder of a format; its input files are what the text lane provides. */
  readonly ours: (rows: number) => Promise<Pick<Encoder, 'encode' | 'parse'>>;
}

/** Runs `work` with files of the sample orders, and deletes them afterwards. */
export async function withOrders<T>(
  { stack, dist, progress, signal }: Lab,
  { format: name, rows, psql }: { readonly format: string; readonly rows: number; readonly psql: string },
  work: (files: OrderFiles) => Promise<T>,
): Promise<T> {
  const format = await loadFormat(name);
  const sourceUrl = await seededDatabase(stack, rows, progress, signal);
  const folder = join(BENCH_DIR, 'encoded');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  const copy = (name: string, count: number, make: typeof copyPlain): Promise<string> =>
    progress.step(`${count.toLocaleString('en')} orders as text, ${name}`, async () => {
      const file = join(folder, `${name}-${count}.copy`);
      await make({ psql, sourceUrl, rows: count, file, signal });
      return file;
    });
  try {
    return await work({
      folder,
      sourceUrl,
      plain: (count) => copy('plain', count, copyPlain),
      ours: async (count) => {
        const input = await copy(format.extension, count, (rows) => copyForFormat(format, rows));
        const call = (...options: readonly string[]): ((output: string) => Stage) => {
          const program = [process.execPath, join(dist, 'bench', 'encoding', 'encode.js'), ...options];
          return (output) => [...program, format.name, String(count), input, output];
        };
        return { encode: call(), parse: call('--parse') };
      },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
