import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Principal } from '../../api/deps.js';
import { seedFor } from '../api/support.js';
import { startApiProcess } from '../support/api-process.js';
import { queryRows } from '../support/database.js';
import { postExport, until, untilEnded } from '../support/exports.js';
import { someUser, startService, type TestService } from '../support/service.js';
import { eventsOf } from './events.js';
import pg from 'pg';

/** Key of the advisory lock at which an event waits. */
const DOOR = 4711;

interface Call {
  readonly action: string;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface UserCall extends Call {
  readonly user: Principal;
}

describe('an API that is killed while it records an event', function () {
  this.timeout(120_000);
  let service: TestService;
  let door: pg.Client;

  before(async () => {
    service = await startService({ orders: 300 });
    await service.startWorker();
    await queryRows(
      service.databaseUrl,
      `CREATE FUNCTION wait_at_door() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN PERFORM pg_advisory_xact_lock_shared(${DOOR}); RETURN NEW; END $$;
       CREATE TRIGGER wait_at_door BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION wait_at_door()`,
    );
    door = new pg.Client({ connectionString: service.databaseUrl });
    await door.connect();
  });
  after(async () => {
    await door.end();
    await service.close();
  });

  /** The API's sessions that wait for the door, or for a worker that waits there to insert the same row. */
  const waiting = (): Promise<{ pid: number }[]> =>
    queryRows(
      service.databaseUrl,
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
       AND application_name LIKE 'export-api%'`,
    );

  /**
   * Kills an API process while the event of each call waits at the door.
   * @param isLost whether the database forgets the statements
   */
  async function killDuring(calls: readonly UserCall[], isLost: boolean): Promise<void> {
    const api = await startApiProcess(service);
    // Opens its connections: the first request takes longest, and events wait at the door for only a second and a half.
    await api.ask('GET', '/v1/schedules', { as: someUser() });
    await door.query('SELECT pg_advisory_lock($1)', [DOOR]);
    try {
      const answers = calls.map(({ method, path, user, body, headers = {} }) =>
        assert.rejects(api.ask(method, path, { as: user, body, headers }), { name: 'TypeError' }),
      );
      const backends = await until('the events', async () => {
        const found = await waiting();
        return found.length >= calls.length && found;
      });
      await api.kill();
      await Promise.all(answers);
      const pids = backends.map(({ pid }) => pid);
      if (isLost)
        await queryRows(service.databaseUrl, 'SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [pids]);
    } finally {
      await api.kill();
      await door.query('SELECT pg_advisory_unlock($1)', [DOOR]);
    }
    await until('the database', async () => (await waiting()).length === 0);
  }

  const request = { type: 'orders', format: 'csv' };
  const schedule = { name: 'Nightly', cron: '0 3 * * *', request };
  const key = () => ({ 'Idempotency-Key': randomUUID() });

  /** Prepares each call, and returns it. */
  const CALLS: Readonly<Record<string, (user: Principal) => Promise<Call> | Call>> = {
    'creating an export': () => ({
      ...{ action: 'export.requested', method: 'POST', path: '/v1/exports' },
      ...{ body: request, headers: key() },
    }),
    'canceling an export': async (user) => {
      // A row without a workflow: nothing ends it before it is canceled.
      const seed = seedFor(user);
      await service.deps.jobs.insert(seed);
      return { action: 'export.canceled', method: 'POST', path: `/v1/exports/${seed.jobId}/cancel` };
    },
    'deleting a file': async (user) => {
      const jobId = await postExport(service, user);
      await untilEnded(service, user, jobId);
      return { action: 'file.deleted', method: 'DELETE', path: `/v1/exports/${jobId}` };
    },
    'creating a schedule': () => ({
      ...{ action: 'schedule.created', method: 'POST', path: '/v1/schedules' },
      ...{ body: schedule, headers: key() },
    }),
    'pausing a schedule': async (user) => ({
      ...{ action: 'schedule.changed', method: 'POST', path: `/v1/schedules/${await scheduled(user)}/pause` },
    }),
    'deleting a schedule': async (user) => ({
      ...{ action: 'schedule.deleted', method: 'DELETE', path: `/v1/schedules/${await scheduled(user)}` },
    }),
    'saving an export': () => ({
      ...{ action: 'saved_export.created', method: 'POST', path: '/v1/saved-exports' },
      ...{ body: { name: 'Mine', request }, headers: key() },
    }),
    'replacing a saved export': async (user) => {
      const { json } = await service.ask('POST', '/v1/saved-exports', { as: user, body: { name: 'Mine', request } });
      const { saved_export_id: id } = json as { saved_export_id: string };
      const body = { name: 'Ours', shared: true, request };
      return { action: 'saved_export.changed', method: 'PUT', path: `/v1/saved-exports/${id}`, body };
    },
  };

  async function scheduled(user: Principal): Promise<string> {
    const { json, text, status } = await service.ask('POST', '/v1/schedules', { as: user, body: schedule });
    assert.equal(status, 201, text);
    return (json as { schedule_id: string }).schedule_id;
  }

  for (const isLost of [false, true]) {
    describe(isLost ? 'and whose statements are lost' : 'and whose statements succeed', () => {
      const calls = new Map<string, UserCall>();
      before(async () => {
        for (const [what, prepare] of Object.entries(CALLS)) {
          const user = someUser();
          calls.set(what, { ...(await prepare(user)), user });
        }
        await killDuring([...calls.values()], isLost);
      });

      for (const what of Object.keys(CALLS)) {
        it(`leaves exactly one event for ${what} once the call is repeated`, async () => {
          const { method, path, action, user, body, headers = {} } = calls.get(what) ?? assert.fail();
          const again = await service.ask(method, path, { as: user, body, headers });
          assert.ok(again.status < 300, again.text);
          const events = await eventsOf(service, user, `action=${action}`);
          assert.equal(events.length, 1);
        });
      }
    });
  }

  it('leaves the event of a requested export even if nobody repeats the call', async () => {
    const user = someUser();
    const call: Call = { action: 'export.requested', method: 'POST', path: '/v1/exports', body: request };
    await killDuring([{ ...call, user }], true);
    const [row] = await until('its export', async () => {
      const rows = await service.deps.jobs.list({ ...user, limit: 1 });
      return rows.length > 0 && rows;
    });
    await untilEnded(service, user, row?.job_id ?? '');
    const [event, ...rest] = await eventsOf(service, user);
    assert.deepEqual(rest, []);
    assert.deepEqual([event?.action, event?.job_id, event?.actor], ['export.requested', row?.job_id, user.userId]);
    assert.ok(event?.address);
  });
});
