import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { NORTHWIND } from '../../dev/sample-data/tenants.js';
import { until } from '../support/exports.js';
import type { Project } from './project.js';

const API = 'http://127.0.0.1:3000';
const LIMIT_MS = 5 * 60_000;
const RUNS = ['QUEUED', 'PROCESSING'];

const jobSchema = z.looseObject({
  job_id: z.string(),
  status: z.string(),
  rows_exported: z.number().nullish(),
  error_code: z.string().nullish(),
});
export type ComposeJob = z.infer<typeof jobSchema>;

/** A user of the API on this machine. */
export class ComposeClient {
  private constructor(private readonly token: string) {}

  static async open(project: Project): Promise<ComposeClient> {
    const [user] = NORTHWIND.users;
    const args = ['--user', user.id, '--tenant', NORTHWIND.id, '--ttl', '1d'];
    return new ComposeClient(
      await project.compose('exec', '-T', 'api', 'npm', 'run', '--silent', 'token', '--', ...args),
    );
  }

  /** Requests an export, and retries while the API is unavailable. */
  async post(): Promise<string> {
    const body = { type: 'orders', format: 'csv', options: { compression: 'gzip' } };
    const { job_id: jobId } = await until(
      'an API that accepts an export',
      () => this.ask('POST', '/v1/exports', body),
      LIMIT_MS,
    );
    return jobId;
  }

  /** Waits until some rows are written while others are still pending. */
  async untilRowsFlow(jobId: string): Promise<void> {
    await until(
      'rows',
      async () => ((await this.job(jobId))?.rows_exported ?? 0) > 0,
      LIMIT_MS,
      () => 100,
    );
  }

  /** @returns the checksum of the file */
  async fileOf(jobId: string): Promise<string> {
    const job = await until(
      `end of ${jobId}`,
      async () => {
        const seen = await this.job(jobId);
        return seen !== undefined && !RUNS.includes(seen.status) && seen;
      },
      LIMIT_MS,
      () => 300,
    );
    if (job.status !== 'COMPLETED') throw new Error(`${jobId}: ${job.status} ${job.error_code ?? ''}`);
    return until(
      'the file',
      () => this.sumOfFile(jobId),
      LIMIT_MS,
      () => 300,
    );
  }

  private async sumOfFile(jobId: string): Promise<string | undefined> {
    try {
      const answer = await fetch(`${API}/v1/exports/${jobId}/download`, { headers: this.headers() });
      if (!answer.ok || answer.body === null) return undefined;
      const hash = createHash('sha256');
      for await (const piece of Readable.fromWeb(answer.body)) hash.update(piece as Buffer);
      return hash.digest('hex');
    } catch {
      return undefined;
    }
  }

  private job(jobId: string): Promise<ComposeJob | undefined> {
    return this.ask('GET', `/v1/exports/${jobId}`);
  }

  /** Undefined while the API is unavailable or busy. */
  private async ask(method: string, path: string, body?: object): Promise<ComposeJob | undefined> {
    const answer = await fetch(`${API}${path}`, {
      method,
      headers: this.headers(),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    }).catch(() => undefined);
    if (answer === undefined || answer.status >= 500) return undefined;
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return jobSchema.parse(JSON.parse(text));
  }

  private headers(): Record<string, string> {
    return { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' };
  }
}
