import type { FileOutline } from '../encoding.js';

/** Key-value metadata of a file: where its rows come from. Nothing about the person who requested it. */
export const keyValues = ({ title, columns, about }: FileOutline): Readonly<Record<string, string>> => ({
  'export.title': title,
  'export.columns': JSON.stringify(columns.map(({ name, key, label, type }) => ({ key, name, label, type }))),
  'export.filters': JSON.stringify(about.filters),
  'export.planned_at': about.plannedAt,
});
