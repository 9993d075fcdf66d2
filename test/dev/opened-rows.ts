import { openedByLibreOffice } from '../conformance/libreoffice.js';
import { readByPython, savedFile } from '../conformance/contents.js';
import { readByHyparquet } from '../conformance/parquet/read-hyparquet.js';
import { hasPdfReaders, readPdf } from '../conformance/read-pdf.js';
import { StackError } from '../../dev/stack/stack-error.js';
import { needProgram } from '../support/or-skip.js';

/**
 * The first cell of each row below the header, as read by an independent program.
 * @throws StackError when that program is not installed
 */
export async function firstCells(format: string, bytes: Buffer): Promise<string[]> {
  if (format === 'XLSX') {
    await needProgram('soffice');
    const { sheets } = await openedByLibreOffice(await savedFile(bytes, 'xlsx'));
    return sheets.flatMap(({ rows }) => rows.slice(1).map(([cell]) => String(cell?.value)));
  }
  if (format === 'PDF') {
    if (!(await hasPdfReaders())) throw new StackError('the PDF readers are not installed');
    const { pages } = await readPdf(bytes);
    return pages.flatMap((page) => [...page.matchAll(/^ *(\d+) (?!rows ).*\d\d:\d\d/gm)].map(([, cell = '']) => cell));
  }
  if (format === 'PARQUET') {
    const rows = await readByHyparquet(await savedFile(bytes, 'parquet'));
    return rows.map(([cell]) => String(cell));
  }
  const rows = await readByPython(format, 'none', bytes);
  return rows.map(([cell]) => String(cell));
}
