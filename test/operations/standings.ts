import type pg from 'pg';
import { exportWorkflowId } from '../../shared/temporal/names.js';
import { postExport, readJob, until, untilEnded } from '../support/exports.js';
import type { TestService } from '../support/service.js';
import { behind, type Door, type Doors } from '../workflows/doors.js';
import { holdFinish } from '../workflows/finishing.js';
import { cancel, resetExport, slotsOf, statusOf, type Reader } from '../workflows/support.js';

/** An export held at some step, and a function that lets it continue. */
interface Standing {
  readonly jobId: string;
  readonly go: () => Promise<unknown>;
}

/** Where exports are held: the doors in front of their rows, and the locks that keep a step waiting. */
export interface HeldAt {
  readonly service: TestService;
  readonly doors: Doors;
  readonly door: Door;
  readonly locker: pg.Client;
}

/** Makes an export wait for lock 2 when it is published. */
export const WAIT_TO_PUBLISH = `
  CREATE FUNCTION wait_to_publish() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_advisory_xact_lock_shared(2); RETURN NEW; END $$;
  CREATE TRIGGER wait_to_publish BEFORE UPDATE ON export_jobs FOR EACH ROW
    WHEN (NEW.status = 'COMPLETED') EXECUTE FUNCTION wait_to_publish()`;

export const untilPhase = (service: TestService, user: Reader, jobId: string, phase: string): Promise<true> =>
  until(phase, async () => (await readJob(service, user, jobId)).phase === phase);

/** Functions that start an export and hold it at a step. */
export function standings(at: () => HeldAt) {
  /** Needs limit 1: another export holds the slot, so this one waits after it was canceled and reset. */
  async function queued(user: Reader): Promise<Standing> {
    const { service, door } = at();
    const jobId = await inSegments(user).then((standing) => standing.jobId);
    await cancel(service, user, jobId);
    await until('its end', async () => (await statusOf(service, exportWorkflowId(jobId))) === 'CANCELLED');
    const holder = (await inSegments(user)).jobId;
    await resetExport(service, jobId);
    await until('it waits', async () => (await slotsOf(service, user))?.waiters.includes(jobId));
    return { jobId, go: () => door.open().then(() => untilEnded(service, user, holder)) };
  }

  async function planning(user: Reader): Promise<Standing> {
    const { service, locker } = at();
    await locker.query('BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE');
    const jobId = await postExport(service, user);
    await untilPhase(service, user, jobId, 'planning');
    return { jobId, go: () => locker.query('ROLLBACK') };
  }

  async function inSegments(user: Reader): Promise<Standing> {
    const { service, door } = at();
    const jobId = await postExport(service, user, behind(1));
    await door.untilWaiting();
    return { jobId, go: () => door.open() };
  }

  const finishing = (user: Reader): Promise<Standing> => holdFinish(at(), user);

  async function publishing(user: Reader): Promise<Standing> {
    const { service, doors } = at();
    const published = await doors.closed(2);
    const jobId = await postExport(service, user);
    await published.untilWaiting();
    return { jobId, go: () => published.open() };
  }

  return { queued, planning, inSegments, finishing, publishing };
}
