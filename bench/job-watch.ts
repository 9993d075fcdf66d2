import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const EVERY_MS = 20;

/** Reads the rows of jobs on its own connection. */
export class JobWatch {
  readonly #client: pg.Client;

  static async open(databaseUrl: string): Promise<JobWatch> {
    const client = new pg.Client({ connectionString: databaseUrl, application_name: 'bench' });
    // A pending query also reports a lost connection, so this listener has nothing to do.
    client.on('error', () => undefined);
    await client.connect();
    return new JobWatch(client);
  }

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  /**
   * Resolves when the row says that the job has ended, for any reason: the moment at which a client could know. Polling
   * the API this often would make it, and the worker that answers its queries, a part of what is measured.
   * @param over aborted when the workflow has ended: a row that has not ended by then never will
   */
  async ended(jobId: string, over: AbortSignal): Promise<void> {
    const query = {
      name: 'ended',
      text: `SELECT 1 FROM export_jobs WHERE job_id = $1 AND status NOT IN ('QUEUED', 'PROCESSING')`,
      values: [jobId],
    };
    for (;;) {
      const isLast = over.aborted;
      if ((await this.#client.query(query)).rowCount !== 0 || isLast) return;
      await sleep(EVERY_MS);
    }
  }

  /** Number of jobs that have ended, for any reason. */
  async countEnded(): Promise<number> {
    return this.#count(`status NOT IN ('QUEUED', 'PROCESSING')`);
  }

  /** Number of COMPLETED jobs with this many rows. */
  async countCompleted(rows: number): Promise<number> {
    return this.#count(`status = 'COMPLETED' AND row_count = ${rows}`);
  }

  async #count(condition: string): Promise<number> {
    const { rows } = await this.#client.query<{ count: string }>(
      `SELECT count(*) AS count FROM export_jobs WHERE ${condition}`,
    );
    return Number(rows[0]?.count);
  }

  async close(): Promise<void> {
    await this.#client.end();
  }
}
