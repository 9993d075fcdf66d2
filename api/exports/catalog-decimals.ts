import type { Catalog } from '../../shared/datasets/catalog.js';
import { undeclaredDecimals } from '../../shared/datasets/decimal.js';
import type { Dataset, DatasetRegistry } from '../../shared/datasets/index.js';
import type { Logger } from '../../shared/process/logger.js';
import type { Source } from '../../shared/source/source.js';
import { SILENCE_MS, withTimeLimit } from '../../shared/time-limit.js';

/** How long an answer is valid. A file made in that time may have another type, if its table was altered. */
const VALID_MS = 60_000;
/** From this age on, the next request refreshes the answer without waiting for it. */
const REFRESH_MS = 30_000;
/** Minimum time between attempts, so that requests don't all wait for an unavailable database. */
const ASK_AGAIN_MS = 10_000;
/** How long a request waits for an answer. */
const WAIT_MS = 500;

/** The columns that tables have in the source database, by the name of their dataset. */
type KnownColumns = ReadonlyMap<string, Catalog['columns']>;
const NOTHING: KnownColumns = new Map();

/**
 * The precision and scale of numeric columns in the source database, if their definition doesn't declare them. Reads
 * all of them in one query, which all requests share.
 */
export class CatalogDecimals {
  readonly #datasets: readonly Dataset[];
  #known = NOTHING;
  #validUntil = 0;
  #readAt = 0;
  #reading: Promise<void> = Promise.resolve();

  constructor(
    private readonly source: Pick<Source, 'catalogs'>,
    registry: DatasetRegistry,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {
    this.#datasets = [...registry.values()].filter((dataset) => undeclaredDecimals(dataset).length > 0);
  }

  /** Without a dataset if its columns are unknown, because the database is down or has no such table. Never throws. */
  async columns(): Promise<KnownColumns> {
    if (this.#datasets.length === 0) return NOTHING;
    if (Date.now() >= this.#readAt) this.#reading = this.#read();
    if (Date.now() >= this.#validUntil) {
      // The reading itself continues, for the next request.
      await withTimeLimit(this.#reading, WAIT_MS).catch(() => undefined);
    }
    return Date.now() < this.#validUntil ? this.#known : NOTHING;
  }

  async #read(): Promise<void> {
    const startedAt = Date.now();
    this.#readAt = startedAt + REFRESH_MS;
    try {
      const catalogs = await this.source.catalogs(this.#datasets, AbortSignal.timeout(SILENCE_MS));
      this.#known = new Map(this.#datasets.flatMap((dataset) => undeclaredColumns(dataset, catalogs)));
      this.#validUntil = startedAt + VALID_MS;
    } catch (error) {
      this.logger.warn({ err: error }, 'the types of numeric columns could not be read');
      this.#readAt = startedAt + ASK_AGAIN_MS;
    }
  }
}

/** Leaves out what the definition says, so that little is kept. */
function undeclaredColumns(dataset: Dataset, catalogs: KnownColumns): (readonly [string, Catalog['columns']])[] {
  const columns = catalogs.get(dataset.name);
  if (columns === undefined) return [];
  const undeclared = undeclaredDecimals(dataset);
  return [[dataset.name, new Map([...columns].filter(([name]) => undeclared.includes(name)))]];
}
