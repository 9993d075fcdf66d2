import type { Stack } from '../stack/stack.js';
import type { FinishedExport } from './export-orders.js';
import { count } from './progress-bar.js';
import type { RunningService } from './start-service.js';

/** What was exported and where it is. */
export function exportReport(finished: FinishedExport, { env }: Stack): string {
  const { rows, bytes, seconds, fileKey, downloadUrl } = finished;
  return table([
    ['Exported', `${count(rows)} rows, ${count(bytes)} bytes, in ${seconds.toFixed(2)} s`],
    ['Stored', `s3://${env.EXPORT_BUCKET}/${fileKey} at ${env.S3_ENDPOINT}`],
    ['Download', downloadUrl],
  ]);
}

/** Where to look, and something to try. */
export function addressesOf({ url }: RunningService, stack: Stack, { jobId, token }: FinishedExport): string {
  const { temporalUiUrl, inboxUrl, env, logDir } = stack;
  const workflow = `namespaces/${env.TEMPORAL_NAMESPACE}/workflows/${encodeURIComponent(`export/${jobId}`)}`;
  return [
    table([
      // In the fragment: browsers send it to nobody, and the page takes it out of the address at once.
      ['Web page', `${url}/#token=${token}`],
      ...(temporalUiUrl === undefined ? [] : [['Temporal', `${temporalUiUrl}/${workflow}`] as const]),
      ...(inboxUrl === undefined ? [] : [['Inbox', inboxUrl] as const]),
      ['Logs', logDir],
    ]),
    '',
    'Try it:',
    `  TOKEN=${token}`,
    `  curl -s ${url}/v1/exports -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \\`,
    `    -d '{"type":"orders","format":"csv","filters":{"status":["refunded"]}}'`,
    '',
    'Running. Press Ctrl-C to stop everything.',
  ].join('\n');
}

const table = (rows: readonly (readonly [string, string])[]): string =>
  rows.map(([name, value]) => `  ${name.padEnd(9)} ${value}`).join('\n');
