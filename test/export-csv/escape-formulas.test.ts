import assert from 'node:assert/strict';
import { AWKWARD_ORDERS } from '../../dev/sample-data/awkward-orders.js';
import { defineDataset } from '../../shared/datasets/define-dataset.js';
import { orders } from '../../shared/datasets/orders.js';
import { queryRows } from '../support/database.js';
import { escapedText } from '../support/formulas.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { cellsOf } from './cells.js';
import { assertSameBytes, exportFile, type ComparedRequest } from './compare.js';
import { copyOf } from './reference.js';

const EVERY_START = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/** Columns of every type that holds text, and of types that only look like it. */
const cells = defineDataset({
  name: 'cells',
  title: 'Cells',
  table: 'cells',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: {
    id: { type: 'integer' },
    plain: { type: 'text' },
    padded: { type: 'char' },
    limited: { type: 'text' },
    enumerated: { type: 'text' },
    list: { type: 'other' },
    span: { type: 'interval' },
    amount: { type: 'numeric' },
    ratio: { type: 'double precision' },
    document: { type: 'jsonb' },
    '=name': { type: 'text' },
  },
});

describe('escaping formulas', () => {
  let service: TestService;
  const me = someUser();

  before(async () => {
    service = await startService({ orders: 300, datasets: [orders, cells] });
    await service.startWorker();
    await queryRows(
      service.databaseUrl,
      `CREATE TYPE mood AS ENUM ('=sad', 'glad', '-');
       CREATE TABLE cells (id int PRIMARY KEY, tenant_id uuid NOT NULL, plain text, padded char(6), limited varchar(9),
         enumerated mood, list text[], span interval, amount numeric, ratio double precision, document jsonb, "=name" text);
       INSERT INTO cells
         SELECT row_number() OVER (), '${me.tenantId}', start || rest, start || rest, start || rest,
           (ARRAY['=sad', 'glad', '-', NULL]::mood[])[1 + length(rest)], ARRAY[start, rest], '-1 day'::interval, -5.20, '-Infinity', '-1'::jsonb, rest || start
         FROM unnest(ARRAY[${EVERY_START.map((start) => `U&'\\${codePoint(start)}'`).join(', ')}, '', ' ', '''', 'a', '"', ',']) AS start,
           unnest(ARRAY['', '1', '"x"', NULL]) AS rest`,
    );
  });
  after(() => service.close());

  /** Exports the rows with and without escaping, and checks that the plain file equals COPY. */
  async function both(body: ComparedRequest & { readonly type?: string }, select: string) {
    const plain = await exportFile(service, me, { ...body, options: { escape_formulas: false } });
    assertSameBytes(plain.bytes, await copyOf({ databaseUrl: service.databaseUrl, select }), 'COPY');
    const escaped = await exportFile(service, me, body);
    const [before, after] = await Promise.all([cellsOf(plain.bytes), cellsOf(escaped.bytes)]);
    assert.equal(after.length, before.length);
    return { before, after };
  }

  it('is on by default, and prefixes only formula-like text with one apostrophe', async () => {
    const names = Object.keys(orders.columns);
    const select = `SELECT ${names.join(', ')} FROM orders WHERE tenant_id = '${me.tenantId}' ORDER BY id`;
    const { before, after } = await both({}, select);
    const isText = names.map((name) => ['customer_name', 'email', 'status', 'currency', 'note'].includes(name));
    let escaped = 0;
    for (const [row, values] of before.entries()) {
      const expected = values.map((value, column) => (row > 0 && isText[column] === true ? escapedText(value) : value));
      escaped += expected.filter((value, column) => value !== values[column]).length;
      assert.deepEqual(after[row], expected);
    }
    // 13 awkward names and 13 notes, plus the note that is only a minus; -5.20 is a number and stays unchanged.
    assert.equal(
      escaped,
      2 * AWKWARD_ORDERS.filter(({ customerName }) => escapedText(customerName) !== customerName).length + 1,
    );
    assert.ok(before.flat().includes('-5.20') && after.flat().includes('-5.20'));
  });

  it('detects every formula prefix in text of every type, and leaves padding, null and empty text unchanged', async () => {
    const names = Object.keys(cells.columns);
    const select = `SELECT id, plain, padded, limited, enumerated, list, span, amount, ratio, document, "=name" FROM cells ORDER BY id`;
    const { before, after } = await both({ type: 'cells' }, select);
    assert.deepEqual(before[0], names);
    assert.deepEqual(after[0], names.map(escapedText));
    const texts = ['plain', 'padded', 'limited', 'enumerated', 'list', '=name'];
    const starts = new Set<string>();
    for (const [row, values] of before.entries()) {
      if (row === 0) continue;
      const expected = values.map((value, column) => {
        if (!texts.includes(names[column] ?? '')) return value;
        if (escapedText(value) === `'${value}`) starts.add(value.slice(0, 1));
        return escapedText(value);
      });
      assert.deepEqual(after[row], expected);
    }
    assert.deepEqual([...starts].sort(), [...EVERY_START].sort());
  });

  it('keeps null and empty text apart', async () => {
    const escaped = await exportFile(service, me, { type: 'cells', columns: ['plain', 'padded'] });
    const lines = escaped.bytes.toString().split('\n');
    assert.ok(lines.includes(','), 'null, null');
    assert.ok(lines.includes('"",      '), 'empty text, and padding');
  });
});

const codePoint = (text: string): string => (text.codePointAt(0) ?? 0).toString(16).padStart(4, '0');
