import type { FileOutline } from '../encoding.js';
import type { ParquetLayout } from './layout.js';

/** Key-value metadata of a file: where its rows come from. Nothing about the person who requested it. */
export const keyValues = (outline: FileOutline<ParquetLayout>): Readonly<Record<string, string>> => {
  const { dataset, title, columns, about, layout } = outline;
  return {
    'export.dataset': dataset,
    'export.title': title,
    'export.columns': JSON.stringify(columns.map(({ name, key, label, type }) => ({ key, name, label, type }))),
    'export.filters': JSON.stringify(about.filters),
    'export.planned_at': about.plannedAt,
    'export.service_version': layout.serviceVersion,
  };
};
