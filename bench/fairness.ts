import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { signToken } from '../api/access/sign-token.js';
import { CONTOSO, NORTHWIND } from '../dev/sample-data/tenants.js';
import { StackError } from '../dev/stack/stack-error.js';
import { askApi, fetchJob, createJob, type ApiAccess } from './job.js';
import { escapedCsv } from './requests.js';
import { runExport } from './run-export.js';
import type { BenchService } from './service.js';
import { unlessAborted } from './unless-aborted.js';

/** One tenant requests many exports at once, while another tenant repeatedly requests a few rows. */
const CROWD = { exports: 50, aUser: 2, beside: 8, alone: 5 } as const;
const PLANNED_WITHIN_MS = 300_000;

/** Milliseconds from the request to COMPLETED for the few rows. */
export interface Fairness {
  readonly alone: readonly number[];
  /** The first export beside the crowd, while the crowd is still being admitted and planned. */
  readonly meanwhile: number;
  readonly beside: readonly number[];
  /**
   * Exports of the crowd that had ended when the last of the small exports completed; 0 means that the whole crowd was
   * active throughout.
   */
  readonly ended: number;
}

export async function measureFairness(service: BenchService, secret: string, signal: AbortSignal): Promise<Fairness> {
  const callerOf = async (tenantId: string): Promise<ApiAccess> => ({
    url: service.url,
    token: await signToken(secret, { userId: randomUUID(), tenantId, ttlSeconds: 3600 }),
  });
  const few = await callerOf(CONTOSO.id);
  const fewRows = async (): Promise<number> =>
    (await unlessAborted(signal, () => runExport({ ...service, ...few }, escapedCsv))).wallMs;
  const times = async (count: number): Promise<number[]> => {
    const walls = [];
    for (let n = 0; n < count; n += 1) walls.push(await fewRows());
    return walls;
  };

  await fewRows();
  const alone = await times(CROWD.alone);
  const users = await Promise.all(Array.from({ length: CROWD.exports / CROWD.aUser }, () => callerOf(NORTHWIND.id)));
  const requested = Promise.all(
    users.flatMap((user) =>
      Array.from({ length: CROWD.aUser }, async () => ({ user, jobId: (await createJob(user, escapedCsv)).job_id })),
    ),
  );
  const [crowd, meanwhile] = await Promise.all([requested, fewRows()]);
  await untilPlanned(crowd, signal);
  const beside = await times(CROWD.beside);
  const ends = await Promise.all(
    crowd.map(async ({ user, jobId }) => {
      if ((await fetchJob(user, jobId)).status !== 'PROCESSING') return true;
      await askApi(user, `/v1/exports/${jobId}/cancel`, { method: 'POST' });
      return false;
    }),
  );
  return { alone, meanwhile, beside, ended: ends.filter((ended) => ended).length };
}

async function untilPlanned(
  crowd: readonly { readonly user: ApiAccess; readonly jobId: string }[],
  signal: AbortSignal,
): Promise<void> {
  const end = Date.now() + PLANNED_WITHIN_MS;
  for (const { user, jobId } of crowd) {
    while (['waiting', 'planning'].includes((await fetchJob(user, jobId)).phase)) {
      if (Date.now() > end) throw new StackError(`Export ${jobId} wasn't planned in time.`);
      await sleep(200, undefined, { signal });
    }
  }
}
