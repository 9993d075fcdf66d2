import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { StackError } from '../stack/stack-error.js';
import type { FinishedExport } from './export-sample.js';
import { count } from './progress-bar.js';

export interface DownloadedFile {
  readonly path: string;
  readonly bytes: number;
  /** Not counting the header. */
  readonly rows: number;
}

/**
 * Downloads the file from its link, as a reader of the email would, and compares it with the job's details.
 * @throws StackError if they differ
 */
export async function downloadFile(
  finished: FinishedExport,
  folder: string,
  signal: AbortSignal,
): Promise<DownloadedFile> {
  const response = await fetch(finished.downloadUrl, { signal });
  if (!response.ok || response.body === null) {
    throw new StackError(`The download link answered ${response.status}: ${await response.text()}`);
  }
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${finished.jobId}.csv`);
  const counter = new CsvCounter();
  await pipeline(response.body, (source) => counter.count(source), createWriteStream(path), { signal });
  const { bytes } = counter;
  const rows = counter.records - 1;
  if (bytes === finished.bytes && rows === finished.rows) return { path, bytes, rows };
  throw new StackError(
    `The file has ${count(rows)} rows in ${count(bytes)} bytes, but the job says ` +
      `${count(finished.rows)} rows in ${count(finished.bytes)} bytes: ${path}`,
  );
}

/** Counts CSV records: line feeds outside quotes. */
class CsvCounter {
  bytes = 0;
  records = 0;
  #quoted = false;

  async *count(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      this.bytes += chunk.byteLength;
      for (const byte of chunk) {
        // A doubled quote toggles twice, so it makes no difference.
        if (byte === 0x22) this.#quoted = !this.#quoted;
        else if (byte === 0x0a && !this.#quoted) this.records += 1;
      }
      yield chunk;
    }
  }
}
