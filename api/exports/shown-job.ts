import type { JobRow } from '../../shared/job/row.js';
import type { JobView } from '../../shared/job/schema.js';
import { jobView, rowFor, type LiveView } from '../../shared/job/view.js';
import type { ApiDeps, Principal } from '../deps.js';
import { hasScope } from '../http/scopes.js';

/**
 * A job as its client may see it. Without the scope `exports:read` it has no `download_url`: the link is enough to read
 * the file.
 */
export function shownJob(
  row: JobRow,
  principal: Principal,
  { settings }: Pick<ApiDeps, 'settings'>,
  live?: LiveView,
): JobView {
  const view = jobView(rowFor(row, principal.userId), settings, live);
  return hasScope(principal, 'exports:read') ? view : { ...view, download_url: null };
}
