import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import pg from 'pg';
import { readCommandLine, UsageError } from '../../shared/process/command-line.js';
import { createRegistry } from '../../shared/datasets/index.js';
import { checkDatasets } from '../../shared/startup/check-datasets.js';
import { createPool } from '../../shared/postgres.js';
import { readTable } from '../../shared/source/read-table.js';
import { Source } from '../../shared/source/source.js';
import { ProposalError } from './proposal-error.js';
import { proposeDataset, type Proposal } from './propose-dataset.js';
import { tableNames } from './table-names.js';
import { writeModule } from './write-module.js';

const USAGE = `npm run dataset:new -- [SCHEMA.]TABLE [--tenant COLUMN | --no-tenant] [--key COLUMN …] [--out FILE]

Writes the definition of a dataset from a table of SOURCE_DATABASE_URL, or DATABASE_URL: docs/datasets.md.

  --tenant COLUMN   which tenant a row belongs to; default: tenant_id
  --no-tenant       every row belongs to the only tenant; default if JWT_TENANT_CLAIM is empty
  --key COLUMN      part of a unique key; repeat it for each part
  --out FILE        where to write it; default: a file in this folder, named after the table`;

interface Options {
  readonly table: string;
  readonly tenant?: string | undefined;
  readonly 'no-tenant'?: boolean | undefined;
  readonly key?: readonly string[] | undefined;
  readonly out?: string | undefined;
}

function parseOptions(args: readonly string[]): Options {
  const { values, positionals } = readCommandLine(args, {
    usage: USAGE,
    allowPositionals: true,
    options: {
      tenant: { type: 'string' },
      'no-tenant': { type: 'boolean' },
      key: { type: 'string', multiple: true },
      out: { type: 'string' },
    },
  });
  if (values.tenant !== undefined && values['no-tenant'] === true) {
    throw new UsageError('Use either --tenant or --no-tenant.', USAGE);
  }
  const [table, ...more] = positionals;
  if (table === undefined || table === '' || more.length > 0) throw new UsageError('Name one table.', USAGE);
  return { table, ...values };
}

export interface Settings {
  /** The source database. */
  readonly databaseUrl: string | undefined;
  /** Whether tokens name a tenant: `JWT_TENANT_CLAIM` isn't empty. */
  readonly hasTenants: boolean;
}

/**
 * Generates a dataset definition from a table's catalog entry, and checks it against the database as a worker would.
 * @returns the message for the user
 * @throws Error with a sentence that says what to do
 */
export async function newDataset(args: readonly string[], { databaseUrl, hasTenants }: Settings): Promise<string> {
  const options = parseOptions(args);
  if (databaseUrl === undefined || databaseUrl === '') {
    throw new ProposalError('Set SOURCE_DATABASE_URL or DATABASE_URL to the address of your database.');
  }
  const proposal = await propose(options, { databaseUrl, hasTenants });
  const file = options.out ?? `./${proposal.dataset.name}.dataset.mjs`;
  if (existsSync(file)) throw new ProposalError(`${file} already exists: name another file with --out FILE.`);
  // `wx`: never overwrites a file, even one created just now.
  await writeFile(file, writeModule(proposal), { flag: 'wx' });
  return report(proposal, file, hasTenants);
}

async function propose(
  { table, tenant, key, 'no-tenant': isSingle = false }: Options,
  { databaseUrl, hasTenants }: Settings & { readonly databaseUrl: string },
): Promise<Proposal> {
  const pool = createPool(databaseUrl, { max: 1, name: 'export-new-dataset', onIdleError: () => undefined });
  try {
    const facts = await readTable(pool, tableNames(table));
    if (facts === null) {
      throw new ProposalError(
        `The source database has no table or view ${table} that the database user can see. Name it as SCHEMA.TABLE, and put a part that contains a dot in double quotes.`,
      );
    }
    const proposal = proposeDataset(facts, { tenant: tenant ?? (isSingle || !hasTenants ? null : undefined), key });
    const { misfits, unavailable } = await checkDatasets(new Source(pool), createRegistry([proposal.dataset]));
    const problems = unavailable === null ? misfits : [...misfits, unavailable];
    if (problems.length > 0) throw new ProposalError(problems.join('\n'));
    return proposal;
  } finally {
    await pool.end();
  }
}

function report(proposal: Proposal, file: string, hasTenants: boolean): string {
  const { dataset, leftOut } = proposal;
  const { name, key, tenantColumn, columns, filters = {}, sorts = [] } = dataset;
  const settings = `DATASETS_MODULE=${file}${tenantColumn === undefined && hasTenants ? ' and JWT_TENANT_CLAIM= (empty)' : ''}`;
  return [
    `${file}: dataset ${name}, key (${key.join(', ')}), ${Object.keys(columns).length} columns, ${Object.keys(filters).length} filters, ${sorts.length} sorts.`,
    ...leftOut.map((column) => `Skipped ${column.name}: ${column.why}.`),
    ...indexAdvice(proposal),
    `Review it, then start every API and every worker with ${settings}`,
  ].join('\n');
}

function indexAdvice({ dataset, isCovered, isView }: Proposal): string[] {
  if (isCovered) return [];
  const { schema, table, key, tenantColumn } = dataset;
  const start = tenantColumn === undefined ? 'the key' : 'the tenant and the key';
  if (isView) return [`A view has no index. If it is large, its tables need one that starts with ${start}.`];
  const quoted = [...(schema === undefined ? [] : [schema]), table].map((part) => pg.escapeIdentifier(part)).join('.');
  const indexed = [...(tenantColumn === undefined ? [] : [tenantColumn]), ...key].map((column) =>
    pg.escapeIdentifier(column),
  );
  return [
    `No index starts with ${start}. For a large table, run: CREATE UNIQUE INDEX ON ${quoted} (${indexed.join(', ')});`,
  ];
}
