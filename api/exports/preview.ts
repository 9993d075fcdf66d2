import { columnName, type ExportRequest } from '../../shared/contract.js';
import { createCompleter } from '../../shared/datasets/complete-rows.js';
import { computedColumn, tableColumns, type ColumnType, type Dataset } from '../../shared/datasets/define-dataset.js';
import { shownColumns } from '../../shared/datasets/shown-columns.js';
import { ownedBy, type Owner } from '../../shared/datasets/owned-rows.js';
import { freezeQuery, type RenderColumn, type RenderedColumn } from '../../shared/datasets/query.js';
import { formatNamed } from '../../shared/formats/index.js';
import type { FormatPreview } from '../../shared/formats/preview.js';
import type { PreviewedFile } from '../../shared/request/preview-schema.js';
import type { SourceSession } from '../../shared/source/session.js';
import type { Source } from '../../shared/source/source.js';
import { readFirstRows } from './first-rows.js';

/** Maximum characters of all values together, and the bounds of a single value's share. */
const ALL_CHARACTERS = 1_000_000;
const MOST_CHARACTERS = 1000;
const LEAST_CHARACTERS = 20;

/** Types whose values may be huge, up to a gigabyte. Only their beginning leaves the database. */
const LONG: ReadonlySet<ColumnType> = new Set(['numeric', 'text', 'char', 'json', 'jsonb', 'other']);

interface PreviewWork {
  readonly source: Source;
  readonly session: SourceSession;
  readonly owner: Owner;
  /** How many rows. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

/**
 * Reads the first rows of one dataset as the file will show them.
 * @param dataset restricted to what the caller may have
 */
export async function previewFile(
  { dataset, request }: { readonly dataset: Dataset; readonly request: ExportRequest },
  { source, session, owner, limit, signal }: PreviewWork,
): Promise<PreviewedFile> {
  const { columns, options } = request;
  const preview = await formatNamed(request.format).loadPreview();
  const catalog = await source.check(dataset, session, signal);
  const shown = shownColumns(dataset, columns, catalog);
  const names = columns.map(columnName);
  const plain = tableColumns(dataset, names);
  const inputs = [...new Set(names.flatMap((name) => computedColumn(dataset, name)?.from ?? []))];
  const read = [...plain, ...inputs];

  const most = Math.max(
    LEAST_CHARACTERS,
    Math.min(MOST_CHARACTERS, Math.floor(ALL_CHARACTERS / (limit * names.length))),
  );
  const render = shortening(preview, preview.renderColumn(options), most);
  const owned = ownedBy(dataset, owner, catalog);
  const query = freezeQuery(dataset, { ...request, columns: names }, owned, render, { inputs, catalog });
  const complete = createCompleter(dataset, shown, read, plain.length, preview.renderValue(options));
  const show = preview.show(shown, options);
  const shape = { columns: read.length, long: inputs.map((_, index) => plain.length + index) };
  const found = await readFirstRows(source, query, limit + 1, shape, session, signal);
  const rows = found.map((row) => show(complete(row)).map((text) => shorten(text, most)));
  const headers = preview.headers(shown, options);
  return {
    dataset: dataset.name,
    title: dataset.title,
    columns: shown.map(({ name, type, mask }, index) => ({
      name,
      header: headers?.[index] ?? null,
      type,
      ...(mask === undefined ? {} : { masked: true }),
    })),
    rows: rows.slice(0, limit).map((row) => [...row]),
    has_more: rows.length > limit,
  };
}

/**
 * Cuts a value before it is rendered and again afterwards, so that a huge one costs little: PostgreSQL reads only the
 * beginning of a long text. Each step is a subquery of its own, because expressions would be evaluated several times.
 */
const shortening =
  ({ cutsDocuments }: FormatPreview, render: RenderColumn, most: number): RenderColumn =>
  (quoted, column) => {
    if (!LONG.has(column.type)) return render(quoted, column);
    const cut = `SELECT ${cutSql(quoted, column, most, cutsDocuments)} AS value OFFSET 0`;
    const rendered = `SELECT ${render('cut.value', column)} AS value FROM (${cut}) AS cut OFFSET 0`;
    // One character more than is shown tells whether there are more. Unlike a cast, format() uses the type's output.
    const text = `CASE WHEN num_nulls(rendered.value) = 0 THEN left(format('%s', rendered.value), ${most + 1}) END`;
    return `(SELECT ${text} FROM (${rendered}) AS rendered)`;
  };

/** Rendering a document looks this far ahead. */
const LOOKAHEAD = 20;

/** The beginning of a value, or all of it if only the whole value can be rendered. */
function cutSql(quoted: string, { type }: RenderedColumn, most: number, cutsDocuments: boolean): string {
  if (type === 'text') return `left(${quoted}::text, ${most + 1})`;
  if (!cutsDocuments || (type !== 'json' && type !== 'jsonb')) return quoted;
  const length = most + 1 + LOOKAHEAD;
  // Closes a string that was cut, even after a backslash. These characters aren't shown.
  return `(SELECT start || CASE WHEN length(start) = ${length} THEN 'x"' ELSE '' END
    FROM (SELECT left(${quoted}::text, ${length}) AS start OFFSET 0) AS document)`;
}

function shorten(text: string | null, most: number): string | null {
  if (text === null || text.length <= most) return text;
  // Code points, as PostgreSQL counts them.
  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most).join('')}…`;
}
