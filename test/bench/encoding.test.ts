import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPdfPages } from '../../bench/encoding/read-pdf.js';
import { readXlsxRows } from '../../bench/encoding/read-xlsx.js';
import { cutRows, readChunks } from '../../bench/encoding/row-chunks.js';
import { verdictsOfPdf, verdictsOfXlsx } from '../../bench/encoding/verdicts.js';
import type { Score } from '../../bench/race.js';
import { joinArchive } from '../../shared/formats/archive/zip.js';

/** A contestant with one turn. */
function score(name: string, clientCpu: number, rows = 1000): Score {
  const reading = { seconds: 1, cpu: {}, otherCpu: 0, peakMemory: {} };
  const turn = { seconds: 1, clientCpu, peakMemory: 1, reading, key: '', bytes: 1, rows };
  return { contestant: { name, title: name, store: 'disk' }, turns: [turn], disturbed: [] };
}

describe('the benchmark of encoders', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'encoding-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('passes every row to an encoder once, however the file is chunked, in segments of the planned numbers of rows', async () => {
    const lines = Array.from({ length: 20 }, (_, index) => `${index}\t${'x'.repeat(index)}\n`);
    const path = join(folder, 'rows.copy');
    await writeFile(path, lines.join(''));
    for (let chunkBytes = 1; chunkBytes < 80; chunkBytes += 1) {
      const file = openSync(path, 'r');
      const segments: { text: string; rows: number }[] = [];
      for (const { segment, bytes, rows } of cutRows(readChunks(file, chunkBytes), [7, 1, 12])) {
        const { text, rows: before } = segments[segment] ?? { text: '', rows: 0 };
        segments[segment] = { text: text + bytes.toString(), rows: before + rows };
      }
      closeSync(file);
      const expected = [lines.slice(0, 7), lines.slice(7, 8), lines.slice(8)];
      assert.deepEqual(
        segments,
        expected.map((part) => ({ text: part.join(''), rows: part.length })),
      );
    }
  });

  it('rejects more rows than were counted', async () => {
    const path = join(folder, 'more.copy');
    await writeFile(path, '1\n2\n3\n');
    const file = openSync(path, 'r');
    assert.throws(() => [...cutRows(readChunks(file), [2])], RangeError);
    closeSync(file);
  });

  it('counts the rows of a workbook’s sheets, without headings', async () => {
    const sheet = (ids: readonly number[]): Buffer =>
      Buffer.from(
        `<worksheet><row r="1"><c t="str"><v>id</v></c></row>${ids.map((id) => `<row r="9"><c><v>${id}.0</v></c><c><v>7</v></c></row>`).join('')}</worksheet>`,
      );
    const many = Array.from({ length: 3000 }, (_, index) => index + 1);
    const files = [
      { name: 'xl/worksheets/sheet1.xml', bytes: sheet(many) },
      { name: 'xl/worksheets/sheet2.xml', bytes: sheet([3001]) },
      { name: 'xl/workbook.xml', bytes: sheet([9]) },
    ];
    const path = join(folder, 'a.xlsx');
    await writeFile(path, joinArchive([], files, '2026-01-01T00:00:00Z').tail);
    assert.deepEqual(await readXlsxRows(path), { rows: 3001, sum: (3001 * 3002) / 2, isInOrder: true });
  });

  it('counts the pages of a PDF, and rejects one that ends too early', async () => {
    const path = join(folder, 'a.pdf');
    const pages = '<</Type /Page\n>> <</Type/Page/Parent 1>> <</Type /Pages>>'.repeat(100_000);
    await writeFile(path, `${pages}%%EOF\n`);
    assert.deepEqual(await readPdfPages(path), { pages: 200_000 });
    await writeFile(path, pages);
    await assert.rejects(readPdfPages(path), /is not a PDF/);
  });

  it('compares CPU per row, with and without parsing, for any number of rows', () => {
    const scores = [
      score('ours', 10),
      score('ours-parse', 1),
      score('exceljs', 20, 200),
      score('exceljs-parse', 2, 200),
    ];
    assert.deepEqual(
      verdictsOfXlsx(scores).map(({ what, figure, target, met }) => [what, Number(figure.toFixed(3)), target, met]),
      [
        ['CPU per row compared with exceljs, whole process', 0.1, 0.12, true],
        ['CPU per row compared with exceljs, without parsing', 0.1, 0.12, true],
      ],
    );
  });

  it('requires a row of a PDF to cost the same, however many there are', () => {
    const [verdict] = verdictsOfPdf([score('ours', 12), score('ours-tenth', 1, 100)]);
    assert.deepEqual([verdict?.target, verdict?.met], [1.1, false]);
  });
});
