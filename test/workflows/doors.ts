import pg from 'pg';
import { orders } from '../../shared/datasets/orders.js';
import { BUILT_IN_DATASETS, defineDataset, type Dataset } from '../../shared/datasets/index.js';
import { until } from '../support/exports.js';
import { closeCleanly } from '../support/leak-guard.js';
import { ordersView } from '../support/orders-view.js';
import { startService, type ServiceOptions, type TestService } from '../support/service.js';

/**
 * A door holds back orders: a view whose middle rows can be read only while an advisory lock in PostgreSQL is free. A
 * test uses it to hold an export in its segments for as long as needed, without sleeping. The first and last rows are
 * always readable, so planning's sample succeeds.
 */
export interface Door {
  close(): Promise<void>;
  /** Opening an open door does nothing. */
  open(): Promise<void>;
  /** Makes every waiting reader fail: the source database rejects the query, and no retry helps. */
  trap(): Promise<void>;
  /** Number of readers currently waiting at the closed door. */
  waiting(): Promise<number>;
  /** Waits until this many readers wait at the closed door. */
  untilWaiting(readers?: number): Promise<void>;
}

const NUMBERS = [1, 2] as const;
export type DoorNumber = (typeof NUMBERS)[number];
const TRAP = 100;

const nameOf = (number: DoorNumber): string => `orders_behind_door_${number}`;
const { columns, key, tenantColumn } = orders;

export const DATASETS_WITH_DOORS: readonly Dataset[] = [
  ...BUILT_IN_DATASETS,
  ...NUMBERS.map((number) =>
    defineDataset({
      ...{ name: nameOf(number), title: 'Orders', table: nameOf(number), key, tenantColumn, columns },
      // Selecting it forces the row lane.
      computed: {
        remark: { type: 'text', from: ['note'], compute: ({ note }) => (typeof note === 'string' ? note : null) },
      },
    }),
  ),
];
const BY_TEXT = { columns: Object.keys(columns) };
/** Combine with `behind` to force the row lane. */
export const BY_ROWS = { columns: [...BY_TEXT.columns, 'remark'] };

/** The body of a request that exports the orders behind a door, by the text lane. */
export const behind = (number: DoorNumber): { type: string; columns: readonly string[] } => ({
  type: nameOf(number),
  ...BY_TEXT,
});

// Declared STABLE so that queries that don't select the column don't call it.
const FUNCTION = `CREATE OR REPLACE FUNCTION door(number integer, id bigint, note text) RETURNS text LANGUAGE plpgsql STABLE AS $$
  BEGIN
    IF id BETWEEN 900 AND 1100 THEN
      PERFORM pg_advisory_xact_lock_shared(number);
      IF NOT pg_try_advisory_xact_lock_shared(number + ${TRAP}) THEN
        RAISE EXCEPTION 'the floor is gone' USING ERRCODE = 'undefined_table';
      END IF;
    END IF;
    RETURN note;
  END $$`;

const viewSql = (number: DoorNumber): string => ordersView(nameOf(number), `door(${number}, id, note)`);

/** What to report when no reader arrived. */
async function latestExport(client: pg.Client): Promise<unknown> {
  const { rows } = await client.query<{ job: unknown }>(
    `SELECT to_jsonb(j) - 'plan' AS job FROM export_jobs j ORDER BY created_at DESC LIMIT 1`,
  );
  return rows[0]?.job ?? null;
}

/** The doors of one service; `end()` opens them all. */
export class Doors {
  private constructor(private readonly client: pg.Client) {}

  static async of({ databaseUrl }: TestService): Promise<Doors> {
    const client = new pg.Client({ connectionString: databaseUrl });
    // A test may stop the PostgreSQL server, which opens every door.
    client.on('error', () => undefined);
    await client.connect();
    await client.query([FUNCTION, ...NUMBERS.map(viewSql)].join(';'));
    return new Doors(client);
  }

  end(): Promise<void> {
    return this.client.end();
  }

  /** A new door, closed. */
  async closed(number: DoorNumber): Promise<Door> {
    const { client } = this;
    const door: Door = {
      close: async () => {
        await client.query('SELECT pg_advisory_lock($1)', [number]);
      },
      open: async () => {
        await client.query(
          `SELECT pg_advisory_unlock(objid::bigint) FROM pg_locks
           WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND objid IN ($1::bigint, $1 + ${TRAP})`,
          [number],
        );
      },
      trap: async () => {
        await client.query('SELECT pg_advisory_lock($1)', [number + TRAP]);
        await client.query('SELECT pg_advisory_unlock($1)', [number]);
      },
      waiting: async () => {
        const { rows } = await client.query<{ waiting: string }>(
          `SELECT count(*) AS waiting FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
          [number],
        );
        return Number(rows[0]?.waiting);
      },
      untilWaiting: async (readers = 1) => {
        const enough = async (): Promise<boolean> => (await door.waiting()) >= readers;
        try {
          await until(`${readers} readers before door ${number}`, enough);
        } catch (error) {
          throw new Error(`The latest export: ${JSON.stringify(await latestExport(client))}`, { cause: error });
        }
      },
    };
    await door.close();
    return door;
  }
}

export interface DoorStage {
  readonly service: TestService;
  readonly doors: Doors;
}

/** A service with a worker and orders behind open doors. Stop it with `endStage`. */
export async function startStage(options: ServiceOptions = {}): Promise<DoorStage> {
  const service = await startService({ datasets: DATASETS_WITH_DOORS, ...options });
  const doors = await Doors.of(service);
  await service.startWorker();
  return { service, doors };
}

/** Opens the doors; fails if the exports left anything behind. */
export async function endStage({ service, doors }: DoorStage): Promise<void> {
  await doors.end();
  await closeCleanly(service);
}
