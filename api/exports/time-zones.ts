import type { ExportRequest } from '../../shared/contract.js';
import type { Logger } from '../../shared/process/logger.js';
import type { Source } from '../../shared/source/source.js';
import { SILENCE_MS } from '../../shared/time-limit.js';
import { validationFailed, type FieldProblem } from '../../shared/request/field-problems.js';
import type { ScheduleDefinition } from '../../shared/schedules/contract.js';
import { TimeZoneNames } from '../../shared/schedules/time-zones.js';

/** A database only learns new timezones when its system is updated. */
const KEPT_MS = 3_600_000;
/** Minimum time between attempts, so that requests don't all wait for an unavailable database. */
const ASK_AGAIN_MS = 10_000;
const UNKNOWN = 'is not a known timezone: use a name such as Europe/Berlin';

type Zoned<T> = { readonly value: T } | { readonly problems: readonly FieldProblem[] };

/** Spells timezones as the source database does. Reads its list once an hour. */
export class TimeZones {
  #known: TimeZoneNames | null = null;
  #reading: Promise<TimeZoneNames | null> = Promise.resolve(null);
  #readAt = 0;

  constructor(
    private readonly source: Pick<Source, 'timeZones'>,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  /** @returns null until the list has been read; until then, names are accepted if Node knows them */
  private names(): Promise<TimeZoneNames | null> {
    if (Date.now() >= this.#readAt) this.#read();
    return this.#known === null ? this.#reading : Promise.resolve(this.#known);
  }

  #read(): void {
    this.#readAt = Date.now() + KEPT_MS;
    this.#reading = this.source.timeZones(AbortSignal.timeout(SILENCE_MS)).then(
      (names) => (this.#known = new TimeZoneNames(names)),
      (error: unknown) => {
        this.logger.warn({ err: error }, 'the timezones of the source database could not be read');
        this.#readAt = Date.now() + ASK_AGAIN_MS;
        return null;
      },
    );
  }

  private async named(name: string, pointer: string): Promise<Zoned<string>> {
    // Every database has UTC, and most requests use nothing else.
    if (name === 'UTC') return { value: name };
    const names = await this.names();
    const value = names === null ? name : names.nameOf(name);
    return value === null ? { problems: [{ pointer, detail: UNKNOWN }] } : { value };
  }

  /** @throws ServiceError VALIDATION_FAILED for a timezone that the database does not know */
  async ofRequest<T extends Pick<ExportRequest, 'options'>>(request: T): Promise<T> {
    const { timezone } = request.options;
    if (typeof timezone !== 'string') return request;
    const named = await this.named(timezone, '/options/timezone');
    if ('problems' in named) throw validationFailed(named.problems);
    return { ...request, options: { ...request.options, timezone: named.value } };
  }

  /** @throws ServiceError VALIDATION_FAILED, also for the timezone of its request's options */
  async ofSchedule(definition: ScheduleDefinition): Promise<ScheduleDefinition> {
    const { request } = definition;
    const options = request.options as Readonly<Record<string, unknown>> | undefined;
    const timezone = typeof options?.timezone === 'string' ? options.timezone : null;
    const [own, ofRequest] = await Promise.all([
      this.named(definition.timezone, '/timezone'),
      timezone === null ? null : this.named(timezone, '/request/options/timezone'),
    ]);
    const problems = [own, ofRequest].flatMap((named) => (named !== null && 'problems' in named ? named.problems : []));
    if ('problems' in own || problems.length > 0) throw validationFailed(problems);
    const zoned = { ...definition, timezone: own.value };
    if (ofRequest === null || !('value' in ofRequest)) return zoned;
    return { ...zoned, request: { ...request, options: { ...options, timezone: ofRequest.value } } };
  }
}
