/** Writes an XLSX file of sample orders with exceljs' streaming writer. */
import ExcelJS from 'exceljs';
import { run } from './copy-text.mjs';

const number = { parse: Number, isValid: (value) => !Number.isNaN(value), style: {} };
const time = {
  parse: (text) => new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`),
  isValid: (value) => value.getTime() > Date.UTC(1900, 2, 1),
  style: { numFmt: 'yyyy-mm-dd hh:mm:ss' },
};
const text = { parse: (value) => value, isValid: () => true, style: {} };

const COLUMNS = [
  ['Order ID', number, 12],
  ['Tenant', text, 38],
  ['User', text, 38],
  ['Customer ID', number, 12],
  ['Customer', text, 20],
  ['E-mail', text, 30],
  ['Status', text, 10],
  ['Total', number, 12],
  ['Currency', text, 8],
  ['Quantity', number, 8],
  ['Note', text, 24],
  ['Placed at', time, 20],
  ['Updated at', time, 20],
];
const KINDS = COLUMNS.map(([, kind]) => kind);

/** Values that spreadsheets can't hold as numbers or dates stay text. */
const parse = (values) =>
  values.map((value, index) => {
    if (value === null) return null;
    const typed = KINDS[index].parse(value);
    return KINDS[index].isValid(typed) ? typed : value;
  });

function open(filename) {
  const workbook = new ExcelJS.stream.xlsx.WorkbookWriter({
    filename,
    useSharedStrings: false,
    useStyles: true,
    zip: { zlib: { level: 1 } },
  });
  const sheet = workbook.addWorksheet('Orders', { views: [{ state: 'frozen', ySplit: 1 }] });
  sheet.columns = COLUMNS.map(([header, { style }, width]) => ({ header, width, style }));
  const head = sheet.getRow(1);
  head.font = { bold: true };
  head.commit();
  return {
    writeRow: (values) => sheet.addRow(values).commit(),
    end: async () => {
      sheet.commit();
      await workbook.commit();
    },
  };
}

await run(open, parse);
