import { z } from 'zod';
import { requestFor } from '../../shared/saved-exports/request-for.js';
import type { SavedExport } from '../../shared/saved-exports/store.js';
import { exportName } from '../../shared/request/line-schema.js';
import type { Principal } from '../deps.js';
import type { PromisedAnswer } from '../openapi/operation.js';

/** A saved export as its owner writes it. */
export const savedExportDefinition = z.strictObject({
  name: exportName.describe('Its runs have this name, unless the request has another'),
  shared: z
    .boolean({ error: 'must be true or false' })
    .default(false)
    .describe('Whether everybody in your organization can see and run it'),
  request: z.record(z.string(), z.unknown(), {
    error: ({ input }) => (input === undefined ? 'is required' : 'must be an object'),
  }),
});

const moment = z.iso.datetime();

/** A saved export as clients see it. */
export const savedExportSchema = savedExportDefinition
  .extend({
    saved_export_id: z.guid(),
    shared: z.boolean(),
    request: z
      .record(z.string(), z.unknown())
      .describe(
        'The request as it was sent; lists omit its `filters` and `columns`, and others see it without `notify`',
      ),
    user_id: z.string().describe('Its owner'),
    is_own: z.boolean().describe('Whether you are its owner: only owners can replace and delete it'),
    created_at: moment,
    updated_at: moment,
  })
  .meta({ id: 'SavedExport' });
export type SavedExportView = z.infer<typeof savedExportSchema>;

export const savedExportView = (row: SavedExport, principal: Principal): SavedExportView => ({
  saved_export_id: row.saved_export_id,
  name: row.name,
  shared: row.shared,
  // The address of a webhook may be a secret of its owner.
  request: requestFor(row, principal),
  user_id: row.user_ref,
  is_own: row.user_ref === principal.userId,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
});

export const SAVED_EXPORT_EXAMPLE: SavedExportView = {
  saved_export_id: '01933b1c-7a52-7cc0-9d9c-3d1b2a4f5e62',
  name: "Last month's paid orders",
  shared: true,
  request: { type: 'orders', format: 'XLSX', filters: { date_range: 'last_month', status: ['paid'] } },
  user_id: '1b6f3c1a-92d4-4f1b-8a35-7d1e5c2f0a11',
  is_own: true,
  created_at: '2026-11-22T10:11:12.345Z',
  updated_at: '2026-11-22T10:11:12.345Z',
};

export const LISTED_SAVED_EXPORT_EXAMPLE: SavedExportView = {
  ...SAVED_EXPORT_EXAMPLE,
  request: { type: 'orders', format: 'XLSX' },
};

/** Response of routes that return one. */
export const SAVED_EXPORT_ANSWER = {
  description: 'The saved export',
  schema: savedExportSchema,
  example: SAVED_EXPORT_EXAMPLE,
} as const satisfies PromisedAnswer;
