/** Writes a PDF file of sample orders with pdfkit and the TrueType font in FONT. */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import PDFDocument from 'pdfkit';
import { run } from './copy-text.mjs';

// In points, on A4 in landscape.
const FONT_SIZE = 5.5;
const ROW_HEIGHT = 11;
const MARGIN = 20;
const [PAGE_WIDTH, PAGE_HEIGHT] = [841.89, 595.28];
const ROWS_PER_PAGE = 45;

const COLUMNS = [
  { label: 'Order ID', width: 36, most: 10, isNumber: true },
  { label: 'Tenant', width: 122, most: 37 },
  { label: 'User', width: 122, most: 37 },
  { label: 'Customer ID', width: 36, most: 10, isNumber: true },
  { label: 'Customer', width: 64, most: 19 },
  { label: 'E-mail', width: 98, most: 30 },
  { label: 'Status', width: 32, most: 10 },
  { label: 'Total', width: 46, most: 14, isNumber: true },
  { label: 'Currency', width: 26, most: 8 },
  { label: 'Quantity', width: 26, most: 8, isNumber: true },
  { label: 'Note', width: 68, most: 20 },
  { label: 'Placed at', width: 74, most: 29 },
  { label: 'Updated at', width: 74, most: 29 },
];
const ENDS = COLUMNS.reduce((ends, { width }) => [...ends, (ends.at(-1) ?? MARGIN) + width], []);

/** Shortens text by its number of characters, without measuring it. */
const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

const parse = (values) => values.map((value, index) => (value === null ? null : cut(value, COLUMNS[index].most)));

function open(filename) {
  const document = new PDFDocument({
    ...{ size: 'A4', layout: 'landscape', margin: 0, autoFirstPage: false },
    font: process.env.FONT,
    info: { Title: 'Orders' },
  });
  document.fontSize(FONT_SIZE);
  const file = createWriteStream(filename);
  document.pipe(file);
  let [page, row] = [0, ROWS_PER_PAGE];

  const put = (text, right, left, y) => {
    const x = left ?? right - document.widthOfString(text);
    document.text(text, x, y, { lineBreak: false });
  };
  const begin = () => {
    page += 1;
    document.addPage();
    put(`Page ${page}`, PAGE_WIDTH - MARGIN, undefined, PAGE_HEIGHT - MARGIN - ROW_HEIGHT);
    for (const [index, { label, width }] of COLUMNS.entries()) put(label, ENDS[index], ENDS[index] - width, MARGIN);
    document.moveTo(MARGIN, MARGIN + ROW_HEIGHT - 2).lineTo(ENDS.at(-1), MARGIN + ROW_HEIGHT - 2);
    document.lineWidth(0.5).stroke();
  };
  return {
    writeRow: (values) => {
      if (row === ROWS_PER_PAGE) {
        begin();
        row = 0;
      }
      row += 1;
      for (let index = 0; index < COLUMNS.length; index += 1) {
        const text = values[index];
        if (text === null || text === '') continue;
        const { isNumber, width } = COLUMNS[index];
        put(text, ENDS[index] - 2, isNumber ? undefined : ENDS[index] - width, MARGIN + row * ROW_HEIGHT);
      }
    },
    end: async () => {
      document.end();
      await once(file, 'finish');
    },
  };
}

await run(open, parse);
