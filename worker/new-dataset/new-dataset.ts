import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { readCommandLine, UsageError } from '../../shared/process/command-line.js';
import { createRegistry } from '../../shared/datasets/index.js';
import { checkDatasets } from '../../shared/startup/check-datasets.js';
import { checkSource } from '../../shared/startup/checks.js';
import { createPool } from '../../shared/postgres.js';
import { readTable } from '../../shared/source/read-table.js';
import { Source } from '../../shared/source/source.js';
import { ProposalError } from './proposal-error.js';
import { proposeDataset, type Proposal } from './propose-dataset.js';
import { report } from './report.js';
import { tableNames } from './table-names.js';
import { writeModule } from './write-module.js';

const USAGE = `npm run dataset:new -- [SCHEMA.]TABLE [OPTIONS]

Writes the definition of a dataset from a table of SOURCE_DATABASE_URL, or DATABASE_URL: docs/datasets.md.

  --tenant COLUMN   which tenant a row belongs to; default: tenant_id
  --no-tenant       every row belongs to the only tenant; default if JWT_TENANT_CLAIM is empty
  --user COLUMN     which user a row belongs to, for account exports; default: user_id, if there is one
  --no-user         account exports leave this dataset out
  --key COLUMN      part of a unique key; repeat it for each part
  --out FILE        where to write it; default: a file in this folder, named after the table`;

interface Options {
  readonly table: string;
  readonly tenant?: string | undefined;
  readonly 'no-tenant'?: boolean | undefined;
  readonly user?: string | undefined;
  readonly 'no-user'?: boolean | undefined;
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
      user: { type: 'string' },
      'no-user': { type: 'boolean' },
      key: { type: 'string', multiple: true },
      out: { type: 'string' },
    },
  });
  if (values.tenant !== undefined && values['no-tenant'] === true) {
    throw new UsageError('Use either --tenant or --no-tenant.', USAGE);
  }
  if (values.user !== undefined && values['no-user'] === true) {
    throw new UsageError('Use either --user or --no-user.', USAGE);
  }
  const [table, ...more] = positionals;
  if (table === undefined || table === '' || more.length > 0) throw new UsageError('Name one table.', USAGE);
  return { table, ...values };
}

export interface Settings {
  /** The source database. */
  readonly databaseUrl: string | undefined;
  /** The variable that has the address. */
  readonly setting: string;
  /** Whether tokens name a tenant: `JWT_TENANT_CLAIM` isn't empty. */
  readonly hasTenants: boolean;
}

/**
 * Generates a dataset definition from a table's catalog entry, and checks it against the database as a worker would.
 * @returns the message for the user
 * @throws Error with a sentence that says what to do
 */
export async function newDataset(args: readonly string[], settings: Settings): Promise<string> {
  const options = parseOptions(args);
  const { databaseUrl, hasTenants } = settings;
  if (databaseUrl === undefined || databaseUrl === '') {
    throw new ProposalError('Set SOURCE_DATABASE_URL or DATABASE_URL to the address of your database.');
  }
  const proposal = await propose(options, { ...settings, databaseUrl });
  const file = options.out ?? `./${proposal.dataset.name}.dataset.mjs`;
  if (existsSync(file)) throw new ProposalError(`${file} already exists: name another file with --out FILE.`);
  // `wx`: never overwrites a file, even one created just now.
  await writeFile(file, writeModule(proposal), { flag: 'wx' });
  return report(proposal, file, hasTenants);
}

async function propose(
  { table, tenant, user, key, 'no-tenant': isSingle = false, 'no-user': isNobodys = false }: Options,
  { databaseUrl, setting, hasTenants }: Settings & { readonly databaseUrl: string },
): Promise<Proposal> {
  const pool = createPool(databaseUrl, { max: 1, name: 'export-new-dataset', onIdleError: () => undefined });
  try {
    const problem = await checkSource(pool, setting);
    if (problem !== null) throw new ProposalError(problem);
    const facts = await readTable(pool, tableNames(table));
    if (facts === null) {
      throw new ProposalError(
        `The source database has no table or view ${table} that the database user can see. Name it as SCHEMA.TABLE, and put a part that contains a dot in double quotes.`,
      );
    }
    const proposal = proposeDataset(facts, {
      tenant: tenant ?? (isSingle || !hasTenants ? null : undefined),
      user: user ?? (isNobodys ? null : undefined),
      key,
    });
    const { misfits, unavailable } = await checkDatasets(new Source(pool), createRegistry([proposal.dataset]));
    const problems = unavailable === null ? misfits : [...misfits, unavailable];
    if (problems.length > 0) throw new ProposalError(problems.join('\n'));
    return proposal;
  } finally {
    await pool.end();
  }
}
