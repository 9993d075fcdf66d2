import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { defineDataset } from '../../shared/datasets/define-dataset.js';
import { queryRows } from '../support/database.js';

/**
 * A table that never stands still. It begins with the even ids up to twice `rows`. Multiples of eight come and go, odd
 * ids come and go between them; the others stay: they are updated, or deleted and inserted again in one transaction.
 * `note` says which version of which row it is, so that a torn row would show.
 */
export const moving = defineDataset({
  name: 'moving',
  title: 'Moving',
  table: 'moving',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: { id: { type: 'integer' }, version: { type: 'integer' }, note: { type: 'text' } },
});

export const stays = (id: number): boolean => id % 2 === 0 && id % 8 !== 0;

export async function createMoving(databaseUrl: string, tenantId: string, rows: number): Promise<void> {
  // With room in every page some updates stay in theirs (HOT).
  await queryRows(
    databaseUrl,
    `CREATE TABLE moving (tenant_id uuid NOT NULL DEFAULT '${tenantId}', id int PRIMARY KEY, version int NOT NULL DEFAULT 0,
       touched int NOT NULL DEFAULT 0, note text NOT NULL) WITH (fillfactor = 90);
     INSERT INTO moving (id, note) SELECT 2 * i, 2 * i || ':0' FROM generate_series(1, ${rows}) AS i;
     CREATE INDEX ON moving (touched);
     ANALYZE moving`,
  );
}

const ARE_STAYING = 'id = ANY ($1) AND id % 2 = 0 AND id % 8 <> 0';
const NEXT = `id || ':' || version + 1`;
/** Each takes a list of ids, and what it does not concern it leaves alone. */
const CHANGES = [
  `UPDATE moving SET version = version + 1, note = ${NEXT} WHERE ${ARE_STAYING}`,
  // Elsewhere: an index names the column, and the row is longer than before.
  `UPDATE moving SET version = version + 1, touched = touched + 1, note = rpad(${NEXT}, 200) WHERE ${ARE_STAYING}`,
  `WITH gone AS (DELETE FROM moving WHERE ${ARE_STAYING} RETURNING *)
   INSERT INTO moving (id, version, note) SELECT id, version + 1, ${NEXT} FROM gone`,
  'DELETE FROM moving WHERE id = ANY ($1) AND (id % 8 = 0 OR id % 2 = 1)',
  `INSERT INTO moving (id, note) SELECT id, id || ':0' FROM unnest($1::int[]) AS id WHERE id % 8 = 0 OR id % 2 = 1
   ON CONFLICT DO NOTHING`,
];

/** Rows that each change is offered, at any place and beside the bounds of segments, and the pause after all of them. */
const ANYWHERE = 24;
const BESIDE_BOUNDS = 8;
const PAUSE_MS = 20;

/** Changes about 1,000 rows a second until it is stopped. */
export class Churn {
  changes = 0;
  #stopped = false;
  readonly #end: Promise<void>;

  constructor(
    private readonly databaseUrl: string,
    private readonly rows: number,
  ) {
    this.#end = this.#run();
    this.#end.catch(() => undefined);
  }

  /** @throws what ended it too early */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#end;
  }

  async #run(): Promise<void> {
    const client = new pg.Client({ connectionString: this.databaseUrl });
    await client.connect();
    try {
      while (!this.#stopped) {
        for (const change of CHANGES) {
          const ids = await this.#someIds(client);
          this.changes += (await client.query(change, [ids])).rowCount ?? 0;
        }
        await sleep(PAUSE_MS);
      }
    } finally {
      await client.end();
    }
  }

  /** Beyond the last row, too. Sorted, as a change takes them once each. */
  async #someIds(client: pg.Client): Promise<number[]> {
    const ids = Array.from({ length: ANYWHERE }, () => 1 + Math.floor(Math.random() * (2 * this.rows + 100)));
    const { rows: bounds } = await client.query<{ id: number }>(
      `SELECT upper[1]::int AS id FROM export_segments WHERE upper IS NOT NULL ORDER BY random() LIMIT ${BESIDE_BOUNDS}`,
    );
    const beside = bounds.map(({ id }) => id + Math.floor(Math.random() * 9) - 4);
    return [...new Set([...ids, ...beside])].filter((id) => id > 0);
  }
}
