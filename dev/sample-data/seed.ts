import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { allEnded } from '../../shared/all-ended.js';
import { StackError } from '../stack/stack-error.js';
import { insertAwkwardOrders, insertRows, rowCount, type SampleSize } from './rows.js';
import { ACCOUNTANTS, definitionOf, makeAccountants, rowSecurity, TABLES, type Table } from './tables.js';

export interface SeedOptions extends SampleSize {
  readonly databaseUrl: string;
  /** Reports the current step and its progress, without the elapsed seconds. */
  readonly say?: (detail: string) => void;
  readonly signal?: AbortSignal;
}

/** Thrown when the database has tables with the names of the sample shop's. */
export class ForeignTablesError extends StackError {}

export type SeedResult = 'seeded' | 'unchanged';

// The comment marks our tables: seeding drops them, and must never drop anyone else's.
const MARK = 'export-service sample data';
// Increment when the tables or their rows change.
const VERSION = 5;
const CHUNK_ROWS = 250_000;
// Any number, the same for every process that seeds.
const LOCK = 7_264_310_755;

/**
 * Fills a database with the sample shop, unless it already contains exactly that. The server generates the rows;
 * transactions on one connection, customers and orders on another.
 * @throws ForeignTablesError if a table with one of the names exists that is not sample data
 */
export async function seedSampleData(options: SeedOptions): Promise<SeedResult> {
  const { databaseUrl, orders, singleTenant, say = () => undefined } = options;
  const connections = await connect(databaseUrl);
  const [first, second] = connections;
  try {
    await first.query('SELECT pg_advisory_lock($1)', [LOCK]);
    const wanted = `${MARK} ${JSON.stringify({ version: VERSION, orders, singleTenant })}`;
    const marks = await readMarks(first);
    if (marks.get('orders') === wanted) return 'unchanged';

    const foreign = [...marks].filter(([, mark]) => !mark.startsWith(MARK)).map(([table]) => table);
    if (foreign.length > 0) {
      throw new ForeignTablesError(
        `The database already has other tables named ${foreign.join(', ')}, so nothing was seeded.`,
      );
    }
    if (marks.size > 0) say('removing earlier rows');
    await first.query(`DROP TABLE IF EXISTS ${[ACCOUNTANTS, ...TABLES.toReversed()].join(', ')}`);
    await first.query(`${makeAccountants()}; COMMENT ON TABLE ${ACCOUNTANTS} IS '${MARK}'`);

    const tally = new Tally(options, say);
    await allEnded([
      makeTables(first, ['customers', 'orders'], options, tally),
      makeTables(second, ['transactions'], options, tally),
    ]);

    say('statistics and visibility map');
    await allEnded([vacuum(first, ['customers', 'orders']), vacuum(second, ['transactions'])]);
    say('foreign keys');
    for (const table of TABLES) await first.query(addReferences(table));
    // Adding constraints unchecked and validating them later takes weaker locks, so that both tables can be validated
    // in parallel.
    await allEnded([first.query(checkReferences('orders')), second.query(checkReferences('transactions'))]);
    for (const table of TABLES)
      await first.query(`ALTER TABLE ${table} RESET (autovacuum_enabled); ${rowSecurity(table)}`);
    await first.query(`COMMENT ON TABLE orders IS ${pg.escapeLiteral(wanted)}`);
    return 'seeded';
  } finally {
    await Promise.all(connections.map((connection) => connection.end()));
  }
}

/**
 * Marks all pages as visible to everyone, so that reading keys needs no visit to the table. VACUUM leaves pages out
 * while a transaction that began before their rows were committed is open; even one of autovacuum is enough. So it is
 * repeated until no page is left out, for ten seconds at most.
 */
async function vacuum(client: pg.Client, tables: readonly Table[]): Promise<void> {
  const deadline = Date.now() + 10_000;
  let statement = `VACUUM (ANALYZE) ${tables.join(', ')}`;
  for (;;) {
    await client.query(statement);
    const { rows } = await client.query<{ table: string }>(
      `SELECT oid::regclass::text AS "table" FROM pg_class
       WHERE oid = ANY ($1::text[]::regclass[]) AND relallvisible < relpages`,
      [tables],
    );
    if (rows.length === 0 || Date.now() > deadline) return;
    statement = `VACUUM ${rows.map(({ table }) => table).join(', ')}`;
    await sleep(200);
  }
}

function addReferences(table: Table): string {
  const clauses = Object.entries(definitionOf(table).references).map(
    ([name, reference]) => `ADD CONSTRAINT ${name} ${reference} NOT VALID`,
  );
  return clauses.length === 0 ? '' : `ALTER TABLE ${table} ${clauses.join(', ')}`;
}

function checkReferences(table: Table): string {
  const names = Object.keys(definitionOf(table).references);
  return `ALTER TABLE ${table} ${names.map((name) => `VALIDATE CONSTRAINT ${name}`).join(', ')}`;
}

/** Counts the rows of all tables, on both connections. */
class Tally {
  #rows = 0;
  readonly #total: number;
  readonly #say: (detail: string) => void;

  constructor(size: SampleSize, say: (detail: string) => void) {
    this.#total = TABLES.reduce((sum, table) => sum + rowCount(table, size), 0);
    this.#say = say;
  }

  add(rows: number): void {
    this.#rows += rows;
    const percent = Math.floor((100 * this.#rows) / this.#total);
    this.#say(`${this.#rows.toLocaleString('en')} of ${this.#total.toLocaleString('en')} rows, ${percent}%`);
  }

  indexing(table: Table): void {
    this.#say(`indexes of ${table}`);
  }
}

/** In one transaction, because rows in a table created by the same transaction need no WAL. */
async function makeTables(
  client: pg.Client,
  tables: readonly Table[],
  options: SeedOptions,
  tally: Tally,
): Promise<void> {
  await client.query("BEGIN; SET LOCAL maintenance_work_mem = '512MB'");
  for (const table of tables) {
    const { create, finish } = definitionOf(table);
    // Autovacuum would only interfere before the VACUUM below.
    await client.query(`${create} WITH (autovacuum_enabled = false); COMMENT ON TABLE ${table} IS '${MARK}'`);
    if (table === 'orders')
      for (const { text, values } of insertAwkwardOrders(options)) await client.query(text, [...values]);
    const rows = rowCount(table, options);
    for (let from = 1; from <= rows; from += CHUNK_ROWS) {
      options.signal?.throwIfAborted();
      const to = Math.min(rows, from + CHUNK_ROWS - 1);
      await client.query(insertRows(table, options, from, to));
      tally.add(to - from + 1);
    }
    tally.indexing(table);
    for (const statement of finish) {
      options.signal?.throwIfAborted();
      await client.query(statement);
    }
  }
  await client.query('COMMIT');
}

async function readMarks(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; mark: string | null }>(
    `SELECT relname AS name, obj_description(oid, 'pg_class') AS mark FROM pg_class
     WHERE relnamespace = current_schema()::regnamespace AND relname = ANY ($1)`,
    [[ACCOUNTANTS, ...TABLES]],
  );
  return new Map(rows.map(({ name, mark }) => [name, mark ?? '']));
}

async function connect(databaseUrl: string): Promise<[pg.Client, pg.Client]> {
  const open = async (): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: databaseUrl, application_name: 'export-service seed' });
    // A pending query also reports a lost connection, so this listener has nothing to do.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  return [await open(), await open()];
}
