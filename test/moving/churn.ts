import pg from 'pg';
import { defineDataset } from '../../shared/datasets/define-dataset.js';
import { queryRows } from '../support/database.js';

/**
 * A table under constant change. It starts with the even ids up to twice `rows`. Multiples of eight and odd ids come
 * and go; the other rows stay, but are updated, or deleted and reinserted in one transaction. `note` contains the id
 * and the version, so that a torn row would show.
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
  // Free space in every page allows some heap-only updates (HOT).
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
/** Each takes a list of ids, `$1`, and ignores those that it doesn't apply to. */
const CHANGES = [
  `UPDATE moving SET version = version + 1, note = ${NEXT} WHERE ${ARE_STAYING}`,
  // Moves the row: an index includes the column, and the row gets longer.
  `UPDATE moving SET version = version + 1, touched = touched + 1, note = rpad(${NEXT}, 200) WHERE ${ARE_STAYING}`,
  `WITH gone AS (DELETE FROM moving WHERE ${ARE_STAYING} RETURNING *)
   INSERT INTO moving (id, version, note) SELECT id, version + 1, ${NEXT} FROM gone`,
  'DELETE FROM moving WHERE id = ANY ($1) AND (id % 8 = 0 OR id % 2 = 1)',
  `INSERT INTO moving (id, note) SELECT id, id || ':0' FROM unnest($1::int[]) AS id WHERE id % 8 = 0 OR id % 2 = 1
   ON CONFLICT DO NOTHING`,
];

/** Number of ids offered to each change: random ones, and ones next to the bounds of segments. */
const ANYWHERE = 48;
const BESIDE_BOUNDS = 8;
/** Includes ids beyond the last row. */
const SOME_IDS = `SELECT array_agg(DISTINCT id) FROM (
  SELECT 1 + floor(random() * (2 * rows + 100))::int AS id FROM generate_series(1, ${ANYWHERE})
  UNION ALL (SELECT upper[1]::int + floor(random() * 9)::int - 4 FROM export_segments WHERE upper IS NOT NULL
    ORDER BY random() LIMIT ${BESIDE_BOUNDS})) AS offered WHERE id > 0`;

/** Runs in the server, so that it doesn't compete with the test process. Each change is a transaction. */
const PROCEDURE = `
  CREATE TABLE churn (stopped boolean NOT NULL DEFAULT false, changes int NOT NULL DEFAULT 0, seconds float8);
  INSERT INTO churn DEFAULT VALUES;
  CREATE PROCEDURE churn(rows int, per_second int) LANGUAGE plpgsql AS $churn$
  DECLARE
    change text; ids int[]; made int; total int := 0; spent float8; start timestamptz := clock_timestamp();
  BEGIN
    WHILE NOT (SELECT stopped FROM churn) LOOP
      FOREACH change IN ARRAY ARRAY[${CHANGES.map((sql) => pg.escapeLiteral(sql)).join(', ')}] LOOP
        ids := (${SOME_IDS});
        EXECUTE change USING ids;
        GET DIAGNOSTICS made = ROW_COUNT;
        total := total + made;
        spent := extract(epoch FROM clock_timestamp() - start);
        UPDATE churn SET changes = total, seconds = spent;
        COMMIT;
      END LOOP;
      PERFORM pg_sleep(greatest(0, total / per_second::float8 - spent));
    END LOOP;
  END $churn$`;

/** The number of changed rows, and the time that it took. */
export interface Changes {
  readonly changes: number;
  readonly seconds: number;
}

/** Changes rows of the table until it is stopped. */
export class Churn {
  readonly #end: Promise<unknown>;

  private constructor(
    private readonly databaseUrl: string,
    private readonly client: pg.Client,
    { rows, perSecond }: { readonly rows: number; readonly perSecond: number },
  ) {
    this.#end = client.query(`CALL churn(${rows}, ${perSecond})`);
    this.#end.catch(() => undefined);
  }

  static async start(databaseUrl: string, pace: { readonly rows: number; readonly perSecond: number }): Promise<Churn> {
    await queryRows(databaseUrl, PROCEDURE);
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    return new Churn(databaseUrl, client, pace);
  }

  /** @throws the error that ended it early */
  async stop(): Promise<Changes> {
    try {
      await queryRows(this.databaseUrl, 'UPDATE churn SET stopped = true');
      await this.#end;
    } finally {
      await this.client.end();
    }
    const [done] = await queryRows<Changes>(this.databaseUrl, 'SELECT changes, seconds FROM churn');
    return done ?? { changes: 0, seconds: 0 };
  }
}
