import assert from 'node:assert/strict';
import type { Dataset } from '../../../../shared/datasets/define-dataset.js';
import { shownColumns } from '../../../../shared/datasets/shown-columns.js';
import { freezeQuery, segmentSql, type RenderColumn } from '../../../../shared/datasets/query.js';
import { renderField } from '../../../../shared/formats/parquet/binary-row-fields.js';
import { tupleRowLane } from '../../../../shared/formats/parquet/binary-row-writer.js';
import type { Source } from '../../../../shared/source/source.js';
import { tupleFields } from './tuple-fields.js';

export interface Tuples {
  readonly bytes: Buffer;
  readonly rows: number;
}

/** The tuples of a dataset without a tenant, by either lane, in a session with this timezone. */
export async function readBoth(
  source: Source,
  dataset: Dataset,
  timezone: string,
): Promise<Readonly<Record<'copied' | 'written', Tuples>>> {
  const session = { timezone, tenantId: '', userId: '', statementTimeoutMs: 60_000 };
  const { signal } = new AbortController();
  const columns = Object.keys(dataset.columns);
  const catalog = await source.columns(dataset, session, signal);
  const request = { type: dataset.name, format: 'PARQUET', columns, filters: {}, options: { timezone }, notify: {} };
  const selectBy = (render: RenderColumn): string =>
    segmentSql(freezeQuery(dataset, request, [], render, { catalog }), null, null);

  const copied = `COPY (${selectBy(renderField)}) TO STDOUT (FORMAT binary)`;
  const write = tupleRowLane.createWriter(shownColumns(dataset, columns, catalog), {});
  const query = { sql: selectBy(tupleRowLane.renderColumn({})), columns: columns.length, long: [] };
  return {
    copied: await collect(source.copy(copied, session, signal, { isBinary: true })),
    written: await collect(
      map(source.rows(query, session, signal), (rows) => ({ bytes: write(rows), rows: rows.length })),
    ),
  };
}

async function* map<From, To>(items: AsyncIterable<From>, to: (item: From) => To): AsyncGenerator<To> {
  for await (const item of items) yield to(item);
}

async function collect(chunks: AsyncIterable<Tuples>): Promise<Tuples> {
  const pieces: Buffer[] = [];
  let rows = 0;
  for await (const chunk of chunks) {
    pieces.push(Buffer.from(chunk.bytes));
    rows += chunk.rows;
  }
  return { bytes: Buffer.concat(pieces), rows };
}

/** Asserts that both lanes make the same tuples, and names the value that differs. @returns the number of rows */
export async function assertSameTuples(source: Source, dataset: Dataset, timezone = 'UTC'): Promise<number> {
  const { copied, written } = await readBoth(source, dataset, timezone);
  assert.equal(written.rows, copied.rows);
  if (written.bytes.equals(copied.bytes)) return copied.rows;
  const names = Object.keys(dataset.columns);
  const actual = tupleFields(written.bytes);
  for (const [row, fields] of tupleFields(copied.bytes).entries()) {
    for (const [column, field] of fields.entries()) {
      const [wrong, right] = [actual[row]?.[column], field].map((bytes) => bytes?.toString('hex').slice(0, 200));
      assert.equal(wrong, right, `${names[column] ?? ''} in row ${row}, ${timezone}`);
    }
  }
  return assert.fail('the tuples differ, but no field');
}
