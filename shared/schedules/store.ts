import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type ScheduleDescription,
  type ScheduleHandle,
} from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { UserRef } from '../contract.js';
import { ServiceError } from '../errors.js';
import type { Places } from '../job/places.js';
import { isUserSchedule, scheduleIdPrefix, temporalScheduleId, type ScheduledExportInput } from './contract.js';
import { requesterQuery } from '../temporal/search-attributes.js';
import { retryRateLimited } from '../temporal/retry-rate-limited.js';
import { optionsFor } from './options.js';
import { refusalFrom } from './refusal.js';
import { memoSchema, runsFrom, storedFrom, type ScheduleRun, type StoredSchedule } from './stored-schedule.js';
import type { TemporalClient } from '../temporal/client.js';
import { SILENCE_MS } from '../time-limit.js';

/** How long a schedule may take to start a requested run. */
const TAKEN_WITHIN_MS = 2000;
const PAUSE_MS = 50;
export interface ScheduleRef {
  readonly scheduleId: string;
  readonly createdAt: Date;
}

/** The result of a requested run. `run` is null if it was skipped or waits for the previous one. */
export interface Triggered {
  readonly skipped: boolean;
  readonly run: ScheduleRun | null;
}

/**
 * Users' schedules, which only Temporal stores: the argument of their runs is the request, the memo has the creation
 * time, and search attributes have the owner. The id contains the owner, too. Every method throws ServiceError
 * TEMPORARILY_UNAVAILABLE if Temporal doesn't answer.
 */
export class ScheduleStore {
  /**
   * @param places knows the schedules that Temporal may not list yet
   * @param answerWithinMs time limit of one call to Temporal
   */
  constructor(
    private readonly temporal: TemporalClient,
    private readonly places: Places,
    private readonly answerWithinMs = SILENCE_MS,
  ) {}

  /** @throws ScheduleNotFoundError, ScheduleAlreadyRunning, or ServiceError TEMPORARILY_UNAVAILABLE */
  private async ask<T>(work: () => Promise<T>): Promise<T> {
    const { client } = this.temporal;
    try {
      return await retryRateLimited(client, this.answerWithinMs, work);
    } catch (error) {
      if (error instanceof ScheduleNotFoundError || error instanceof ScheduleAlreadyRunning) throw error;
      throw new ServiceError('TEMPORARILY_UNAVAILABLE', 'Schedules are not available right now.', {}, { cause: error });
    }
  }

  /** Like `ask`, for calls that send a definition. @throws ServiceError VALIDATION_FAILED if Temporal rejects it */
  private async send<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.ask(work);
    } catch (error) {
      throw refusalFrom(error) ?? error;
    }
  }

  private handle(owner: UserRef, scheduleId: string): ScheduleHandle {
    return this.temporal.client.schedule.getHandle(temporalScheduleId(owner, scheduleId));
  }

  /**
   * Creates the schedule, unless there is one with this id. Temporal lists it a moment later; until then, lists need
   * its reservation.
   */
  async create(input: ScheduledExportInput, memo: z.infer<typeof memoSchema>): Promise<void> {
    const { client } = this.temporal;
    const scheduleId = temporalScheduleId(input, input.scheduleId);
    try {
      await this.send(() => client.schedule.create({ scheduleId, memo, ...optionsFor(input) }));
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    }
  }

  /** Newest first. May still include one that was just deleted. */
  async list(owner: UserRef): Promise<ScheduleRef[]> {
    // Without the job database, schedules of the last minute may be missing.
    const reserving = this.places.reservedSchedules(owner).catch(() => []);
    const listed = await this.listed(owner);
    const isListed = new Set(listed.map(({ scheduleId }) => scheduleId));
    const reserved = (await reserving).filter((scheduleId) => !isListed.has(scheduleId));
    const found = await Promise.all(reserved.map((scheduleId) => this.find(owner, scheduleId)));
    const unlisted = found.flatMap((schedule) =>
      schedule === null ? [] : [{ scheduleId: schedule.input.scheduleId, createdAt: schedule.createdAt }],
    );
    return [...listed, ...unlisted].sort(
      (a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.scheduleId < b.scheduleId ? 1 : -1),
    );
  }

  /** The schedules that Temporal lists, in any order. A new one is missing for a moment. */
  async listed(owner: UserRef): Promise<ScheduleRef[]> {
    const { schedule } = this.temporal.client;
    const query = requesterQuery(owner);
    const prefix = scheduleIdPrefix(owner);
    return this.ask(async () => {
      const found: ScheduleRef[] = [];
      for await (const { scheduleId, memo } of schedule.list({ query })) {
        const { data } = memoSchema.safeParse(memo);
        if (data === undefined || !scheduleId.startsWith(prefix)) continue;
        found.push({ scheduleId: scheduleId.slice(prefix.length), createdAt: new Date(data.createdAt) });
      }
      return found;
    });
  }

  async find(owner: UserRef, scheduleId: string): Promise<StoredSchedule | null> {
    return this.ifThere(async () => storedFrom(await this.describe(owner, scheduleId)));
  }

  private describe(owner: UserRef, scheduleId: string): Promise<ScheduleDescription> {
    return this.ask(() => this.handle(owner, scheduleId).describe());
  }

  /** @returns null if the schedule doesn't exist (any more) */
  private async ifThere<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ScheduleNotFoundError) return null;
      throw error;
    }
  }

  private async change(work: () => Promise<void>): Promise<boolean> {
    return (await this.ifThere(() => this.send(work).then(() => true))) ?? false;
  }

  /** @returns false if the schedule doesn't exist; the same applies to the other methods that change one */
  async replace(input: ScheduledExportInput): Promise<boolean> {
    const update = ({ state }: ScheduleDescription) => ({ ...optionsFor(input), state });
    return this.change(() => this.handle(input, input.scheduleId).update(update));
  }

  async pause(owner: UserRef, scheduleId: string): Promise<boolean> {
    return this.change(() => this.handle(owner, scheduleId).pause('Paused by its user'));
  }

  async unpause(owner: UserRef, scheduleId: string): Promise<boolean> {
    return this.change(() => this.handle(owner, scheduleId).unpause('Unpaused by its user'));
  }

  /** A run in progress continues. */
  async delete(owner: UserRef, scheduleId: string): Promise<boolean> {
    const wasThere = await this.change(() => this.handle(owner, scheduleId).delete());
    // If this fails, the place is freed when its lease ends.
    if (wasThere) await this.places.freeDeletedSchedule(owner, scheduleId).catch(() => undefined);
    return wasThere;
  }

  /**
   * The schedules of a user, and those of administrators whose exports are made for the user.
   * @returns their ids in Temporal. A new one is missing for a moment
   */
  async temporalIdsOf(user: UserRef): Promise<string[]> {
    const { schedule } = this.temporal.client;
    return this.ask(async () => {
      const ids: string[] = [];
      for await (const { scheduleId } of schedule.list({ query: requesterQuery(user) })) {
        if (isUserSchedule(scheduleId)) ids.push(scheduleId);
      }
      return ids;
    });
  }

  /** @returns how many of them existed */
  async deleteAll(temporalIds: Iterable<string>): Promise<number> {
    const { schedule } = this.temporal.client;
    let deleted = 0;
    for (const id of temporalIds) if (await this.change(() => schedule.getHandle(id).delete())) deleted += 1;
    return deleted;
  }

  /** Requests a run now, subject to the overlap policy, even if the schedule is paused. Null if it doesn't exist. */
  async trigger(owner: UserRef, scheduleId: string): Promise<Triggered | null> {
    return this.ifThere(async () => {
      const { info: before, policies } = await this.describe(owner, scheduleId);
      await this.ask(() => this.handle(owner, scheduleId).trigger(policies.overlap));
      let triggered: Triggered = { skipped: false, run: null };
      await within(TAKEN_WITHIN_MS, async () => {
        const description = await this.describe(owner, scheduleId);
        const { numActionsTaken: taken, numActionsSkippedOverlap: skipped } = description.info;
        triggered = {
          skipped: taken === before.numActionsTaken && skipped > before.numActionsSkippedOverlap,
          run: taken > before.numActionsTaken ? (runsFrom(description)[0] ?? null) : null,
        };
        return triggered.skipped || triggered.run !== null;
      });
      return triggered;
    });
  }
}

/** Polls until the condition is true. @returns false at the time limit */
async function within(ms: number, isSo: () => Promise<boolean>): Promise<boolean> {
  for (const end = Date.now() + ms; !(await isSo());) {
    if (Date.now() >= end) return false;
    await sleep(PAUSE_MS);
  }
  return true;
}
