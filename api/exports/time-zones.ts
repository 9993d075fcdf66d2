import type { ExportRequest } from '../../shared/contract.js';
import type { Logger } from '../../shared/process/logger.js';
import type { Source } from '../../shared/source/source.js';
import { SILENCE_MS } from '../../shared/time-limit.js';
import type { Checked } from '../../shared/request/field-problems.js';
import type { ScheduleDefinition } from '../../shared/schedules/contract.js';
import { TimeZoneNames } from '../../shared/schedules/time-zones.js';

/** A database only learns new timezones when its system is updated. */
const KEPT_MS = 3_600_000;
/** Minimum time between attempts, so that requests don't all wait for an unavailable database. */
const ASK_AGAIN_MS = 10_000;
const UNKNOWN = 'is not a known timezone: use a name such as Europe/Berlin';

type Zoned = Pick<ExportRequest, 'options'>;

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

  private async named(name: string, pointer: string): Promise<Checked<string>> {
    // Every database has UTC, and most requests use nothing else.
    if (name === 'UTC') return { value: name };
    const names = await this.names();
    const value = names === null ? name : names.nameOf(name);
    return value === null ? { problems: [{ pointer, detail: UNKNOWN }] } : { value };
  }

  /** Spells the timezone of a request's options, if there is one. */
  async ofRequest<T extends Zoned>(request: T): Promise<Checked<T>> {
    const { timezone } = request.options;
    if (typeof timezone !== 'string') return { value: request };
    const named = await this.named(timezone, '/options/timezone');
    if ('problems' in named) return named;
    return { value: { ...request, options: { ...request.options, timezone: named.value } } };
  }

  /** Spells the timezones of a schedule and of its request. */
  async ofSchedule(definition: ScheduleDefinition): Promise<Checked<ScheduleDefinition>> {
    const { request, timezone } = definition;
    const options = request.options as Readonly<Record<string, unknown>> | undefined;
    const inRequest = typeof options?.timezone === 'string' ? options.timezone : undefined;
    const named = await this.ofFields({ '/timezone': timezone, '/request/options/timezone': inRequest });
    if ('problems' in named) return named;
    const [own = timezone, ofRequest] = named.value;
    const zoned = { ...definition, timezone: own };
    if (ofRequest === undefined) return { value: zoned };
    return { value: { ...zoned, request: { ...request, options: { ...options, timezone: ofRequest } } } };
  }

  /** @param fields timezones by their pointers; absent ones are skipped */
  async ofFields(
    fields: Readonly<Record<string, string | undefined>>,
  ): Promise<Checked<readonly (string | undefined)[]>> {
    const all = await Promise.all(
      Object.entries(fields).map(async ([pointer, name]) =>
        name === undefined ? { value: undefined } : this.named(name, pointer),
      ),
    );
    const problems = all.flatMap((named) => ('problems' in named ? named.problems : []));
    if (problems.length > 0) return { problems };
    return { value: all.map((named) => ('value' in named ? named.value : undefined)) };
  }
}
