import type { Request } from 'express';
import type { AuditEvent } from '../../shared/audit/event.js';
import { namesInStored } from '../../shared/job/audit-events.js';
import type { SavedExportDefinition } from '../../shared/saved-exports/store.js';
import type { Principal } from '../deps.js';
import { originOf } from '../http/origin.js';

/** The event of a change by the owner of a saved export. It leaves out the name, which may be any text. */
export function savedExportEvent(
  verb: 'created' | 'changed' | 'deleted',
  savedExportId: string,
  { request: stored, shared }: Pick<SavedExportDefinition, 'request' | 'shared'>,
  { principal: { tenantId, userId }, request }: { readonly principal: Principal; readonly request: Request },
): AuditEvent {
  const { on_behalf_of: user } = stored;
  return {
    action: `saved_export.${verb}`,
    tenantId,
    subject: typeof user === 'string' ? user : userId,
    origin: originOf(request),
    details: { saved_export_id: savedExportId, ...namesInStored(stored), shared },
  };
}
