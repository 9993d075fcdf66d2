import type { DatasetRegistry } from '../../shared/datasets/index.js';
import { accountantOf, NORTHWIND } from '../sample-data/tenants.js';
import type { Stack } from '../stack/stack.js';
import type { FinishedExport } from './export-sample.js';
import { count } from './progress-bar.js';
import type { SignedIn } from './sign-in.js';
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

interface Shown {
  readonly service: RunningService;
  readonly stack: Stack;
  readonly user: SignedIn;
  /** Undefined if no export was made. */
  readonly finished: FinishedExport | undefined;
  /** Undefined for the sample shop. */
  readonly own: DatasetRegistry | undefined;
}

/** Addresses to look at, and commands to try. */
export function addressesOf({ service: { url }, stack, user: { token }, finished, own }: Shown): string {
  const { temporalUiUrl, inboxUrl, env, logDir } = stack;
  const workflow = finished === undefined ? '' : `/${encodeURIComponent(`export/${finished.jobId}`)}`;
  const workflows = `namespaces/${env.TEMPORAL_NAMESPACE}/workflows${workflow}`;
  return [
    table([
      // In the fragment, because browsers don't send it, and the page removes it from the address at once.
      ['Web page', `${url}/#token=${token}`],
      ...(temporalUiUrl === undefined ? [] : [['Temporal', `${temporalUiUrl}/${workflows}`] as const]),
      ...(inboxUrl === undefined ? [] : [['Inbox', inboxUrl] as const]),
      ['Logs', logDir],
    ]),
    '',
    'Try it:',
    `  TOKEN=${token}`,
    `  curl -s ${url}/v1/exports -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \\`,
    `    -d '${JSON.stringify(requestOf(own))}'`,
    '',
    ...(own === undefined ? sampleCommands(stack) : []),
    'Look inside (docs/local-stack.md):',
    table([...insideOf(stack), ['Reset', 'npm start -- --reset']]),
    '',
    'Running. Press Ctrl-C to stop everything.',
  ].join('\n');
}

/** A request that the user can make. */
function requestOf(own: DatasetRegistry | undefined): object {
  if (own === undefined) return { type: 'orders', format: 'csv', filters: { status: ['refunded'] } };
  return { type: [...own.keys()][0], format: 'xlsx' };
}

function sampleCommands({ sourceOwnerUrl }: Stack): string[] {
  return [
    "Another user, who may see customers' credit limits:",
    `  npm run token -- --user ${accountantOf(NORTHWIND).id} --tenant ${NORTHWIND.id}`,
    '',
    ...(sourceOwnerUrl === undefined ? [] : ['Your own tables: docs/local-stack.md#try-it-with-your-tables', '']),
  ];
}

/** Commands that connect to the services of this stack. */
function insideOf({ env, services, sourceOwnerUrl, temporalCli }: Stack): (readonly [string, string])[] {
  const isOwn = (service: keyof typeof services): boolean => services[service].pid !== undefined;
  const keys = `AWS_ACCESS_KEY_ID=${env.AWS_ACCESS_KEY_ID} AWS_SECRET_ACCESS_KEY=${env.AWS_SECRET_ACCESS_KEY}`;
  return [
    ...(isOwn('postgres') ? [['Jobs', `psql ${env.DATABASE_URL}`] as const] : []),
    ...(sourceOwnerUrl === undefined ? [] : [['Source', `psql ${sourceOwnerUrl}`] as const]),
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
