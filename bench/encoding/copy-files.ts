import type { LoadedFormat } from '../../shared/formats/load-format.js';
import { runCommand, tellingLine } from '../../dev/stack/run-command.js';
import { StackError } from '../../dev/stack/stack-error.js';
import { NORTHWIND } from '../../dev/sample-data/tenants.js';
import { orders } from '../../shared/datasets/orders.js';
import { freezeQuery, type RenderColumn } from '../../shared/datasets/query.js';
import { copyTextSql } from '../../shared/formats/copy-text.js';
import { benchEnvironment } from '../bench-stack.js';

const LIMIT_MS = 600_000;

interface CopyFile {
  readonly psql: string;
  readonly sourceUrl: string;
  /** How many rows, in id order. */
  readonly rows: number;
  readonly file: string;
  readonly signal: AbortSignal;
}

/** Writes the orders as the text lane passes them to a format. */
export const copyForFormat = (format: LoadedFormat, work: CopyFile): Promise<void> => {
  const options = format.options.parse({});
  return copyOut(work, format.renderColumn(options), (select) => format.copySql(select, options));
};

/** Writes the orders as PostgreSQL does without any rendering. */
export const copyPlain = (work: CopyFile): Promise<void> => copyOut(work, (quoted) => quoted, copyTextSql);

/** Writes the orders as PostgreSQL's CSV. Times that pyarrow can't read, years BC and infinity, become null. */
export const copyCsv = (work: CopyFile): Promise<void> =>
  copyOut(
    work,
    (quoted, { type }) =>
      type === 'timestamptz' ? `CASE WHEN ${quoted} BETWEEN '0001-01-01' AND '9999-12-31' THEN ${quoted} END` : quoted,
    (select) => `COPY (${select}) TO STDOUT (FORMAT csv)`,
  );

async function copyOut(
  { psql, sourceUrl, rows, file, signal }: CopyFile,
  render: RenderColumn,
  copySql: (select: string) => string,
): Promise<void> {
  const columns = Object.keys(orders.columns);
  const request = { type: orders.name, format: '', columns, filters: {}, options: {}, notify: {} };
  const { select, key } = freezeQuery(orders, request, [`tenant_id = '${NORTHWIND.id}'`], render);
  const statement = copySql(`${select} ORDER BY ${key.join(', ')} LIMIT ${rows}`);
  const args = ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', sourceUrl, '-o', file, '-c', statement];
  const env = { ...benchEnvironment(), PGTZ: 'UTC', PGCLIENTENCODING: 'UTF8' };
  const { ok, output } = await runCommand(psql, args, { timeoutMs: LIMIT_MS, signal, env });
  if (!ok) throw new StackError(`psql can't write ${file}: ${tellingLine(output)}`);
}
