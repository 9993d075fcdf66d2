import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryConfig } from 'pg';
import { defineDataset } from '../../../shared/datasets/define-dataset.js';
import { freezeQuery, type FrozenQuery } from '../../../shared/datasets/query.js';
import { createPool, type PoolClient } from '../../../shared/postgres.js';
import { readBounds } from '../../../shared/source/key-bounds.js';
import type { Spare } from '../../../shared/source/second-walk.js';
import { openDatabase } from '../../support/database.js';
import { ownedByTenant } from '../../support/owned.js';

/** More than one walk passes before there is a second one. */
const ROWS = 300_000;
export const EVERY = 10_000;
export const TENANT = '0a1d1f2e-4c6b-4f0e-9d57-3f0a6c1b7e01';
const AT_ONCE = [0, 0] as const;

export const walked = defineDataset({
  ...{ name: 'walked', title: 'Walked', table: 'walked', key: ['id'], tenantColumn: 'tenant_id' },
  columns: { id: { type: 'bigint' }, tied: { type: 'timestamptz' }, word: { type: 'text' }, kind: { type: 'text' } },
  sorts: ['tied', 'word', 'kind'],
  filters: { id: { kind: 'range', column: 'id' } },
});

type Queries = Pick<PoolClient, 'query'>;

/** A connection that does something before each statement. */
const preceded = (client: Queries, before: (statement: unknown) => unknown): Queries => ({
  query: (async (statement: QueryConfig): Promise<unknown> => {
    await before(statement);
    return client.query(statement);
  }) as Queries['query'],
});

export const queryOf = (request: object = {}): FrozenQuery =>
  freezeQuery(
    walked,
    { type: 'walked', format: 'CSV', columns: ['id'], filters: {}, options: {}, notify: {}, ...request },
    ownedByTenant(walked, TENANT),
    (quoted) => quoted,
  );

/** The query of another table with the columns of `walked`. */
export const queryOfTable = (table: string, request: object = {}): FrozenQuery => ({
  ...queryOf(request),
  from: `FROM ${table} AS t WHERE t."tenant_id" = '${TENANT}'`,
});

interface Conditions {
  /** How much longer each query takes, ms: of the first and of the second walk. */
  readonly delays?: readonly [number, number];
  readonly spare?: Partial<Spare>;
  readonly role?: string;
}

/** A database with a table of 300,000 rows, and two connections for walks along its keys. */
export async function openWalks() {
  const database = await openDatabase();
  await database.client.query(
    `CREATE TABLE walked (tenant_id uuid NOT NULL, id bigint NOT NULL, tied timestamptz NOT NULL,
       word text COLLATE "de-x-icu" NOT NULL, kind text NOT NULL, PRIMARY KEY (tenant_id, id));
     INSERT INTO walked SELECT CASE WHEN i % 100 = 0 THEN gen_random_uuid() ELSE '${TENANT}' END, i * 3,
         timestamptz '2026-01-01' + i / 700 * interval '1 microsecond', chr(97 + i % 26) || 'ä' || i,
         (array['new', 'paid', 'sent'])[1 + i % 3]
       FROM generate_series(1, ${ROWS}) AS i;
     CREATE INDEX ON walked (tenant_id, tied, id); CREATE INDEX ON walked (tenant_id, word, id);
     CREATE INDEX ON walked (tenant_id, kind, id);`,
  );
  await database.client.query('VACUUM ANALYZE walked');
  const pool = createPool(database.url, { max: 3, name: 'walks', onIdleError: assert.ifError });

  /** @returns the bounds, the statements of the second walk, and the queries of the first one for keys near others */
  async function walk(query: FrozenQuery, { delays = AT_ONCE, spare, role }: Conditions = {}) {
    const client = await pool.connect();
    const statements: string[] = [];
    const near: string[] = [];
    let ended: Promise<void> = Promise.resolve();
    const use: Spare['use'] = async (snapshot, work) => {
      const second = await pool.connect();
      try {
        await second.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
        await second.query(`SET TRANSACTION SNAPSHOT '${snapshot}'`);
        const watched = preceded(second, (statement) => {
          statements.push(JSON.stringify(statement));
          return delays[1] === 0 ? undefined : sleep(delays[1]);
        });
        await work(watched);
      } finally {
        await second.query('COMMIT').catch(() => undefined);
        second.release(true);
      }
    };
    const whole: Spare = {
      isThere: () => true,
      isNeeded: () => false,
      use: (...args) => {
        ended = use(...args);
        return ended;
      },
      ...spare,
    };
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
      if (role !== undefined) await client.query(`SET LOCAL ROLE ${role}`);
      const slowed = preceded(client, (statement) => {
        const text = typeof statement === 'string' ? statement : (statement as QueryConfig).text;
        if (/^SELECT (?!.* AS pairs).* (LIMIT [13]|AS counted)$/.test(text)) near.push(text);
        return delays[0] === 0 ? undefined : sleep(delays[0]);
      });
      const bounds = await readBounds(slowed, query, EVERY, whole, EVERY);
      return { bounds, statements, near };
    } finally {
      await ended.catch(() => undefined);
      await client.query('COMMIT');
      client.release();
    }
  }
  async function walkAlone(query: FrozenQuery) {
    return (await walk(query, { spare: { isThere: () => false } })).bounds;
  }
  async function close(): Promise<void> {
    await pool.end();
    await database.close();
  }
  return { client: database.client, url: database.url, pool, walk, walkAlone, close };
}
export type Walks = Awaited<ReturnType<typeof openWalks>>;
