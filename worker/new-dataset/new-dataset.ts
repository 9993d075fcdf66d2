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

const USAGE = `npm run dataset:new -- [SCHEMA.]TABLE [--tenant COLUMN] [--key COLUMN …] [--out FILE]

Writes the definition of a dataset from a table of SOURCE_DATABASE_URL, or DATABASE_URL: docs/datasets.md.

  --tenant COLUMN   which tenant a row belongs to
  --key COLUMN      part of a unique key; repeat it for each part
  --out FILE        where to write it; default: a file in this folder, named after the table`;

interface Options {
  readonly table: string;
  readonly tenant?: string | undefined;
  readonly key?: readonly string[] | undefined;
  readonly out?: string | undefined;
}

function parseOptions(args: readonly string[]): Options {
  const { values, positionals } = readCommandLine(args, {
    usage: USAGE,
    allowPositionals: true,
    options: { tenant: { type: 'string' }, key: { type: 'string', multiple: true }, out: { type: 'string' } },
  });
  const [table, ...more] = positionals;
  if (table === undefined || table === '' || more.length > 0) throw new UsageError('Name one table.', USAGE);
  return { table, ...values };
}

/**
 * Generates a dataset definition from a table's catalog entry, and checks it against the database as a worker would.
 * @param databaseUrl the source database
 * @returns the message for the user
 * @throws Error with a sentence that says what to do
 */
export async function newDataset(args: readonly string[], databaseUrl: string | undefined): Promise<string> {
  const options = parseOptions(args);
  if (databaseUrl === undefined || databaseUrl === '') {
    throw new ProposalError('Set SOURCE_DATABASE_URL or DATABASE_URL to the address of your database.');
  }
  const proposal = await propose(options, databaseUrl);
  const file = options.out ?? `./${proposal.dataset.name}.dataset.mjs`;
  if (existsSync(file)) throw new ProposalError(`${file} already exists: name another file with --out FILE.`);
  // `wx`: never overwrites a file, even one created just now.
  await writeFile(file, writeModule(proposal), { flag: 'wx' });
  return report(proposal, file);
}

async function propose({ table, tenant, key }: Options, databaseUrl: string): Promise<Proposal> {
  const pool = createPool(databaseUrl, { max: 1, name: 'export-new-dataset', onIdleError: () => undefined });
  try {
    const facts = await readTable(pool, tableNames(table));
    if (facts === null) {
      throw new ProposalError(
        `The source database has no table or view ${table} that the database user can see. Name it as SCHEMA.TABLE, and put a part that contains a dot in double quotes.`,
      );
    }
    const proposal = proposeDataset(facts, { tenant, key });
    const { misfits, unavailable } = await checkDatasets(new Source(pool), createRegistry([proposal.dataset]));
    const problems = unavailable === null ? misfits : [...misfits, unavailable];
    if (problems.length > 0) throw new ProposalError(problems.join('\n'));
    return proposal;
  } finally {
    await pool.end();
  }
}

function report({ dataset, leftOut, isCovered }: Proposal, file: string): string {
  const { name, schema, table, key, tenantColumn, columns, filters = {}, sorts = [] } = dataset;
  const quoted = [...(schema === undefined ? [] : [schema]), table].map((part) => pg.escapeIdentifier(part)).join('.');
  const indexed = [tenantColumn ?? [], key]
    .flat()
    .map((column) => pg.escapeIdentifier(column))
    .join(', ');
  return [
    `${file}: dataset ${name}, key (${key.join(', ')}), ${Object.keys(columns).length} columns, ${Object.keys(filters).length} filters, ${sorts.length} sorts.`,
    ...leftOut.map((column) => `Skipped ${column.name}: ${column.why}.`),
    ...(isCovered
      ? []
      : [
          `No index starts with the tenant and the key. For a large table, run: CREATE UNIQUE INDEX ON ${quoted} (${indexed});`,
        ]),
    `Review it, then start every API and every worker with DATASETS_MODULE=${file}`,
  ].join('\n');
}
