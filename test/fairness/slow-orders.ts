import { BUILT_IN_DATASETS, defineDataset, type Dataset } from '../../shared/datasets/index.js';
import { orders } from '../../shared/datasets/orders.js';
import type { JobRow } from '../../shared/job/row.js';
import { isActive } from '../../shared/job/lifecycle.js';
import { queryRows } from '../support/database.js';
import { postExport, until } from '../support/exports.js';
import { someUser, type TestService } from '../support/service.js';
import { cancel, rowOf } from '../workflows/support.js';

const { columns, key, tenantColumn } = orders;
/** Defines the columns of orders on another table. */
export const like = (name: string): Dataset =>
  defineDataset({ ...{ name, title: 'Orders', table: name, key, tenantColumn, columns } });

/** Orders where about one row in a hundred delays its reader by 0.06 s, without using CPU. */
export const WITH_SLOW_ORDERS: readonly Dataset[] = [...BUILT_IN_DATASETS, like('slow_orders')];

export async function createSlowOrders({ databaseUrl }: TestService): Promise<void> {
  const items = Object.keys(columns).map((name) => (name === 'note' ? 'nap(id, note) AS note' : name));
  await queryRows(
    databaseUrl,
    `CREATE FUNCTION nap(id bigint, note text) RETURNS text LANGUAGE plpgsql STABLE AS $$
       BEGIN IF id % 100 = 0 THEN PERFORM pg_sleep(0.06); END IF; RETURN note; END $$;
     CREATE VIEW slow_orders AS SELECT ${items.join(', ')} FROM orders`,
  );
}

/** Exports of one tenant, by half as many users. */
export class Many {
  private constructor(
    private readonly service: TestService,
    private readonly posted: readonly { readonly user: ReturnType<typeof someUser>; readonly jobId: string }[],
  ) {}

  static async of(
    service: TestService,
    tenantId: string,
    { exports, type }: { readonly exports: number; readonly type: string },
  ): Promise<Many> {
    const users = Array.from({ length: exports / 2 }, () => ({ ...someUser(), tenantId }));
    const posts = users.flatMap((user) =>
      [1, 2].map(async () => ({ user, jobId: await postExport(service, user, { type }) })),
    );
    return new Many(service, await Promise.all(posts));
  }

  get length(): number {
    return this.posted.length;
  }

  private rows(): Promise<JobRow[]> {
    return Promise.all(this.posted.map(({ jobId }) => rowOf(this.service, jobId)));
  }

  /** Fifty concurrent admissions saturate the CPU of a small machine, hence the long timeout. */
  async untilPlanned(): Promise<void> {
    await until('all are planned', async () => (await this.rows()).every(({ total_rows }) => total_rows), 60_000);
  }

  /** Counts of their segments: done, and still to do. */
  async segments(): Promise<{ readonly done: number; readonly left: number }> {
    const [counted] = await queryRows<{ done: number; left: number }>(
      this.service.databaseUrl,
      `SELECT count(rows)::integer AS done, (count(*) - count(rows))::integer AS left
       FROM export_segments JOIN export_jobs j USING (job_id) WHERE job_id = ANY($1) AND j.status = 'PROCESSING'`,
      [this.posted.map(({ jobId }) => jobId)],
    );
    return counted ?? { done: 0, left: 0 };
  }

  async cancel(): Promise<void> {
    await Promise.all(this.posted.map(({ user, jobId }) => cancel(this.service, user, jobId)));
    const running = ({ status }: JobRow): boolean => isActive(status);
    await until('the end of the exports', async () => !(await this.rows()).some(running), 120_000);
  }
}
