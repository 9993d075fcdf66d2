import assert from 'node:assert/strict';
import { loadFormat } from '../../shared/formats/load-format.js';
import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { joinFile, openSegment } from '../../shared/formats/file.js';
import { orSkip } from '../support/or-skip.js';
import { ONLY, outlineFor, UNORDERED } from '../support/outline.js';
import { makePdf, openResources } from '../shared/formats/pdf/support.js';
import { savedFile } from './contents.js';
import { hasPdfReaders, readPdf } from './read-pdf.js';
import { outputOf } from './xlsx/run-program.js';
import { spreadsheetPython } from './xlsx/readers.js';

const xlsx = await loadFormat('XLSX');

const run = promisify(execFile);

/** Characters that XML 1.0 cannot contain, between letters, and ones that it must escape. */
const TITLE = 'a\u0001b\u001f\ufffec\uffff & <d> \ud800e';
const SHOWN = 'a b c & <d> e';
const LABEL = 'x\u0001y\u001bz\ufffe\uffff & <w>';
const COLUMN = { name: 'text', label: LABEL, type: 'text' } as const;

/** Prints the title, the sheet's name and the heading as JSON. */
const BY_OPENPYXL = `
import json, sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
print(json.dumps([book.properties.title, book.sheetnames, book.active['A1'].value, book.active['A2'].value]))`;

/** Prints the document's title and author; fails if the XML isn't well-formed. */
const BY_EXPAT = `
import sys, xml.dom.minidom
print(xml.dom.minidom.parse(sys.stdin.buffer).getElementsByTagName('rdf:li')[0].firstChild.data)`;

describe('titles and labels with characters that XML cannot contain', () => {
  it('produce a workbook that openpyxl can open', async function () {
    const env = await orSkip(this, spreadsheetPython);
    const bare = outlineFor([COLUMN], { title: TITLE, options: xlsx.options.parse({}) });
    const rows = { bytes: Buffer.from('value\n'), rows: 1 };
    const outline = { ...bare, layout: (await xlsx.layout?.([rows], bare, {}, UNORDERED)) ?? null };
    const spec = { format: xlsx, outlines: [outline] };
    const position = { ...ONLY, own: { row: 2 } };
    const encoder = openSegment(spec, position, {});
    const out: Buffer[] = [];
    const emit = (bytes: Buffer): void => void out.push(Buffer.from(bytes));
    await encoder.write(rows, emit);
    const summary = await encoder.end(emit);
    const bytes = out.reduce((sum, { length }) => sum + length, 0);
    const written = { segment: 0, position, plannedRows: 1, rows: 1, bytes, summary };
    const { tail } = await joinFile(spec, [written], {});
    const file = await savedFile(Buffer.concat([...out, tail]), 'xlsx');
    const read = JSON.parse(await outputOf('python3', ['-c', BY_OPENPYXL, file], { env })) as unknown[];
    const [title, sheets, heading, value] = read;
    assert.equal(title, SHOWN);
    assert.deepEqual(sheets, [SHOWN]);
    assert.match(String(heading), /^x.*y.*z.* & <w>$/s);
    assert.equal(value, 'value');
  });

  it('produce a PDF with well-formed metadata', async function () {
    if (!(await hasPdfReaders())) return this.skip();
    const made = await makePdf([COLUMN], [['value']], await openResources(), {
      options: { title: TITLE.slice(0, -3) },
    });
    const { file, info, pages } = await readPdf(made.bytes);
    const shown = SHOWN.slice(0, -2);
    assert.equal(info.Title, shown.trim());
    const { stdout: metadata } = await run('pdfinfo', ['-meta', file]);
    assert.equal(execFileSync('python3', ['-c', BY_EXPAT], { input: metadata, encoding: 'utf8' }).trim(), shown.trim());
    assert.match(pages.join(''), /value/);
    assert.match(pages.join(''), /^\s*a b c & <d>/, 'the title above the rows');
  });
});
