import { accountantOf, NORTHWIND } from '../sample-data/tenants.js';
import type { Stack } from '../stack/stack.js';
import type { FinishedExport } from './export-orders.js';
import { count } from './progress-bar.js';
import type { RunningService } from './start-service.js';

/** Describes the exported file and where it is. */
export function exportReport(finished: FinishedExport, { env }: Stack): string {
  const { rows, bytes, seconds, fileKey, downloadUrl } = finished;
  return table([
    ['Exported', `${count(rows)} rows, ${count(bytes)} bytes, in ${seconds.toFixed(2)} s`],
    ['Stored', `s3://${env.EXPORT_BUCKET}/${fileKey} at ${env.S3_ENDPOINT}`],
    ['Download', downloadUrl],
  ]);
}

/** Addresses to look at, and a command to try. */
export function addressesOf({ url }: RunningService, stack: Stack, { jobId, token }: FinishedExport): string {
  const { temporalUiUrl, inboxUrl, env, logDir } = stack;
  const workflow = `namespaces/${env.TEMPORAL_NAMESPACE}/workflows/${encodeURIComponent(`export/${jobId}`)}`;
  return [
    table([
      // In the fragment, because browsers don't send it, and the page removes it from the address at once.
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
    "Another user, who may see customers' credit limits:",
    `  npm run token -- --user ${accountantOf(NORTHWIND).id} --tenant ${NORTHWIND.id}`,
    '',
    'Look inside (docs/local-stack.md):',
    table([...insideOf(stack), ['Reset', 'npm start -- --reset']]),
    '',
    'Running. Press Ctrl-C to stop everything.',
  ].join('\n');
}

/** Commands that connect to the services of this stack. */
function insideOf({ env, services, sourceOwnerUrl, temporalCli }: Stack): (readonly [string, string])[] {
  const isOwn = (service: keyof typeof services): boolean => services[service].pid !== undefined;
  const keys = `AWS_ACCESS_KEY_ID=${env.AWS_ACCESS_KEY_ID} AWS_SECRET_ACCESS_KEY=${env.AWS_SECRET_ACCESS_KEY}`;
  return [
    ...(isOwn('postgres') ? [['Jobs', `psql ${env.DATABASE_URL}`] as const] : []),
    ...(sourceOwnerUrl === undefined ? [] : [['Orders', `psql ${sourceOwnerUrl}`] as const]),
    [
      'Workflows',
      `${temporalCli} workflow list --address ${env.TEMPORAL_ADDRESS} --namespace ${env.TEMPORAL_NAMESPACE}`,
    ],
    ...(isOwn('s3')
      ? [
          [
            'Files',
            `${keys} aws s3 ls --recursive s3://${env.EXPORT_BUCKET} --endpoint-url ${env.S3_ENDPOINT}`,
          ] as const,
        ]
      : []),
  ];
}

const table = (rows: readonly (readonly [string, string])[]): string =>
  rows.map(([name, value]) => `  ${name.padEnd(9)} ${value}`).join('\n');
