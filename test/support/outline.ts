import type { ShownColumn } from '../../shared/datasets/shown-columns.js';
import type { DescribedRows, FileOutline, SegmentPosition } from '../../shared/formats/encoding.js';

/** The name of a text column, or a column of any type, whose key defaults to its name. */
export type TestColumn = string | (Pick<ShownColumn, 'name' | 'label' | 'type'> & Partial<ShownColumn>);

const shownColumn = (column: TestColumn): ShownColumn =>
  typeof column === 'string'
    ? { name: column, key: column, label: column, type: 'text', number: null, decimal: null }
    : { key: column.name, number: null, decimal: null, ...column };

type OutlineDetails = Partial<Pick<FileOutline, 'options' | 'layout' | 'dataset' | 'title'>>;

/** An outline with defaults for everything that the test doesn't specify. */
export function outlineFor(
  columns: readonly TestColumn[],
  { options = {}, layout = null, dataset = 'things', title = 'Things' }: OutlineDetails = {},
): FileOutline {
  const about = {
    jobId: '0190a8f0-0000-7000-8000-000000000001',
    tenantId: '0190a8f0-0000-7000-8000-000000000002',
    userId: '0190a8f0-0000-7000-8000-000000000003',
    email: 'ana@northwind.example',
    filters: {},
    plannedAt: '2026-11-25T10:20:30.000Z',
  };
  return { columns: columns.map(shownColumn), options, dataset, title, about, layout };
}

/** Rows in no particular order. */
export const UNORDERED: DescribedRows = { words: [], order: { columns: [], descending: false } };

/** The position of a file's only segment. */
export const ONLY: SegmentPosition = { file: 0, member: 0, opens: true, wide: false, own: null };
