import { TestWorkflowEnvironment } from '@temporalio/testing';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Principal } from '../../api/deps.js';
import { slotsWorkflowId } from '../../shared/temporal/names.js';
import { deeply, LONG } from '../support/depth.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { someUser, type ServiceOptions, type TestService } from '../support/service.js';
import { stack } from '../support/stack.js';
import { behind, type Door, type Doors, endStage, startStage } from './doors.js';
import { operator, post, rowsInBytes, segmentsOf, slotsOf, sweepNow } from './support.js';

const slotsId = ({ tenantId, userId }: Principal): string => slotsWorkflowId(tenantId, userId);

/** How often operators end it, each time a little later in an admission. */
const ROUNDS = LONG ? 12 : 6;

describe('a semaphore', () => {
  let service: TestService;
  let doors: Doors;
  let door: Door;

  async function serve(options: ServiceOptions = {}): Promise<void> {
    ({ service, doors } = await startStage(options));
    door = await doors.closed(1);
  }
  afterEach(async () => {
    await endStage({ service, doors });
  });

  async function refusesAThird(user: Principal, active: readonly string[]): Promise<void> {
    const answer = await post(service, user);
    assert.equal(answer.status, 429, answer.text);
    assert.deepEqual(
      new Set((answer.json as { active_job_ids: string[] }).active_job_ids),
      new Set(active),
      'both are known',
    );
  }

  for (const how of ['terminate', 'cancel'] as const) {
    const test = how === 'terminate' ? it : deeply;
    test(`restarts with its active exports after an operator ${how}s it`, async () => {
      await serve();
      const user = someUser();
      const active = [await postExport(service, user, behind(1)), await postExport(service, user, behind(1))];
      await door.untilWaiting(2);
      await operator(service, how, slotsId(user));
      await until('its end', async () => (await slotsOf(service, user)) === null);
      await refusesAThird(user, active);
      await door.open();
      for (const jobId of active) await untilEnded(service, user, jobId);
      const held = async (): Promise<string[]> => Object.keys((await slotsOf(service, user))?.holders ?? {});
      await until('nobody holds', async () => (await held()).length === 0, 5000);
      await untilEnded(service, user, await postExport(service, user));
    });
  }

  deeply('loses no admitted export if operators cancel and terminate it during admissions', async () => {
    await serve({ limit: 50 });
    await door.open();
    const user = someUser();
    const admitted: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const posts = Promise.all([1, 2, 3].map(() => post(service, user)));
      await sleep((48 / ROUNDS) * round);
      await operator(service, round % 2 === 0 ? 'cancel' : 'terminate', slotsId(user)).catch(() => undefined);
      for (const { status, json, text } of await posts) {
        assert.equal(status, 202, text);
        admitted.push((json as { job_id: string }).job_id);
      }
    }
    // If a start was lost with its semaphore, the next one doesn't know of the export, so only the sweep finds it.
    const nobodyIsActive = async (): Promise<boolean> => {
      await sweepNow(service);
      return (await service.deps.jobs.activeOf(user)).length === 0;
    };
    await until('the end of all', nobodyIsActive, 40_000, () => 1000);
    for (const jobId of admitted) await untilEnded(service, user, jobId);
    await until('nobody holds', async () => Object.keys((await slotsOf(service, user))?.holders ?? {}).length === 0);
  });

  deeply('restarts on demand after termination; running exports are unaffected', async () => {
    await serve({ tuning: { segmentBytes: rowsInBytes(150), segmentsInFlight: 1 } });
    const user = someUser();
    const jobId = await postExport(service, user, behind(1));
    await door.untilWaiting();
    const before = await segmentsOf(service, jobId);
    const next = before.findIndex(({ rows }) => rows === null) + 1;
    await operator(service, 'terminate', slotsId(user));
    await door.open();
    await untilEnded(service, user, jobId);
    // The running segment had passed the slot check. The next one failed it, so the export claimed a slot and retried.
    const attempts = (await segmentsOf(service, jobId)).map(({ attempt }) => attempt);
    assert.deepEqual(
      attempts,
      before.map(({ segment }) => (segment === next ? 2 : 1)),
    );
  });

  deeply('keeps its state when it continues as new, even with concurrent requests', async () => {
    const server = await TestWorkflowEnvironment.createLocal({
      server: {
        executable: { type: 'existing-path', path: stack().temporalCli },
        extraArgs: ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=40', '--log-level', 'error'],
      },
    });
    try {
      await serve({ env: { TEMPORAL_ADDRESS: server.address }, tuning: { reapEveryMs: 200 } });
      const user = someUser();
      const active = [await postExport(service, user, behind(1)), await postExport(service, user, behind(1))];
      await door.untilWaiting(2);
      const runs = new Set<string>();
      const handle = service.deps.temporal.client.workflow.getHandle(slotsId(user));
      await until('three runs of the semaphore', async () => {
        runs.add((await handle.describe()).runId);
        await Promise.all([1, 2, 3].map(() => refusesAThird(user, active)));
        await sleep(50);
        return runs.size >= 3;
      });
      await door.open();
      for (const jobId of active) await untilEnded(service, user, jobId);
      await until('its end', async () => (await slotsOf(service, user)) === null);
    } finally {
      await server.teardown();
    }
  });
});
