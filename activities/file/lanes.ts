import { setImmediate as turn } from 'node:timers/promises';
import { createCompleter } from '../../shared/datasets/complete-rows.js';
import { computedColumn, tableColumns, type ColumnType, type Dataset } from '../../shared/datasets/define-dataset.js';
import type { ShownColumn } from '../../shared/datasets/shown-columns.js';
import type { RenderColumn } from '../../shared/datasets/query.js';
import type { RowBytes } from '../../shared/formats/encoding.js';
import type { LoadedFormat } from '../../shared/formats/load-format.js';
import type { FormatOptions } from '../../shared/formats/format-options.js';
import type { SourceSession } from '../../shared/source/session.js';
import type { Source } from '../../shared/source/source.js';

/**
 * Rows take one of two lanes, which produce the same bytes. In the text lane, PostgreSQL's COPY delivers whole rows,
 * for some formats in its binary format (the binary lane). In the row lane, for exports with computed columns, a query
 * delivers each value as text.
 */

export interface Lane {
  /** The rows of a SELECT as bytes of the format; each chunk is valid until the next one is requested. */
  rows(select: string, session: SourceSession, signal: AbortSignal): AsyncIterable<RowBytes>;
}

interface LaneWork {
  readonly format: LoadedFormat;
  readonly columns: readonly ShownColumn[];
  readonly options: FormatOptions;
}

/** The choice of a lane, which determines the queries of an export. */
interface LaneChoice {
  /** How PostgreSQL renders each column. */
  readonly render: RenderColumn;
  /** The columns that computed ones are made from; null for the text or binary lane. */
  readonly inputs: readonly string[] | null;
}

/** Chooses COPY, the text or binary lane, unless a column is computed. */
export function chooseLane(dataset: Dataset, { format, columns, options }: LaneWork): LaneChoice {
  const computed = columns.flatMap(({ name }) => computedColumn(dataset, name) ?? []);
  return computed.length === 0
    ? { render: format.renderColumn(options), inputs: null }
    : { render: format.rows.renderColumn(options), inputs: [...new Set(computed.flatMap(({ from }) => from))] };
}

/** Types whose values have no maximum length. */
const LONG: ReadonlySet<ColumnType> = new Set(['numeric', 'text', 'char', 'json', 'jsonb', 'other']);

/**
 * @param dataset called by the row lane only, so that a worker without the dataset can continue all other exports
 * @param inputs the inputs that the export was planned with
 */
export function openLane(
  source: Source,
  dataset: () => Dataset,
  work: LaneWork,
  { inputs }: Pick<LaneChoice, 'inputs'>,
): Lane {
  const { format, columns, options } = work;
  if (inputs === null) {
    const framing = { rowLead: format.rowLead, isBinary: format.lane === 'binary' };
    return {
      rows: (select, session, signal) => source.copy(format.copySql(select, options), session, signal, framing),
    };
  }
  const definition = dataset();
  const names = columns.map(({ name }) => name);
  const plain = tableColumns(definition, names);
  const read = [...plain, ...inputs];
  const long = read.flatMap((name, index) => (LONG.has(definition.columns[name]?.type ?? 'other') ? [index] : []));
  const complete = createCompleter(definition, columns, read, plain.length, format.rows.renderValue(options));
  return {
    async *rows(select, session, signal) {
      const write = format.rows.createWriter(columns, options);
      for await (const rows of source.rows({ sql: select, columns: read.length, long }, session, signal)) {
        yield { bytes: write(rows.map(complete)), rows: rows.length };
        // Let heartbeats and other segments run.
        await turn();
      }
    },
  };
}
