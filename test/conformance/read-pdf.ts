import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findOnPath } from '../../dev/find-on-path.js';
import { savedFile } from './contents.js';

const run = promisify(execFile);
const MAX_BUFFER = 1 << 26;

/** Independent PDF readers. */
const READERS = ['qpdf', 'pdfinfo', 'pdftotext'];

export async function hasPdfReaders(): Promise<boolean> {
  return (await Promise.all(READERS.map(findOnPath))).every((path) => path !== undefined);
}

export interface ReadPdf {
  readonly file: string;
  /** The fields that pdfinfo prints, by name. */
  readonly info: Readonly<Record<string, string>>;
  /** The text of each page, with its layout. */
  readonly pages: readonly string[];
}

/** Reads a PDF, which must pass qpdf's check. */
export async function readPdf(bytes: Buffer): Promise<ReadPdf> {
  const file = await savedFile(bytes, 'pdf');
  const checked = await run('qpdf', ['--check', file]);
  assert.match(checked.stdout, /No syntax or stream encoding errors found/);
  const { stdout: info } = await run('pdfinfo', [file]);
  const fields = info.split('\n').map((line) => /^([^:]+):\s*(.*)$/.exec(line) ?? []);
  const { stdout: text, stderr } = await run('pdftotext', ['-layout', file, '-'], { maxBuffer: MAX_BUFFER });
  assert.equal(stderr, '');
  return {
    file,
    info: Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value])),
    pages: text.split('\f').slice(0, -1),
  };
}

/** The row that starts with this text. */
export function lineOf({ pages }: ReadPdf, begin: string): string {
  const lines = pages.flatMap((page) => page.split('\n')).map((line) => line.trim());
  return lines.find((line) => line.startsWith(`${begin} `) && !line.includes(' rows · ')) ?? '';
}

/** Each page's number, and the last page number that it names. */
export const pageNumbers = ({ pages }: ReadPdf): [number: number, last: number][] =>
  pages.map((page) => {
    const [, number, last] = /Page (\d+) of (\d+)\s*$/.exec(page) ?? [];
    return [Number(number), Number(last)];
  });
