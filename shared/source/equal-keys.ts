import { equalKeysSql, type FrozenQuery, type KeyPair } from '../datasets/query.js';
import type { KeyBound } from '../plan/segments.js';
import type { PoolClient } from '../postgres.js';

/** Pairs that the database compares in one query. */
const PAIRS = 200;

/** Finds neighbors with equal keys. Identical texts are detected here; the database compares the rest in batches. */
export class EqualKeys {
  #pairs: KeyPair[] = [];

  constructor(
    private readonly client: Pick<PoolClient, 'query'>,
    private readonly query: FrozenQuery,
  ) {}

  /**
   * Adds consecutive keys.
   * @returns whether any two neighbors so far are known to be equal
   */
  async has(keys: readonly KeyBound[]): Promise<boolean> {
    const neighbors = keys.slice(1).map((key, index): KeyPair => [keys[index] ?? key, key]);
    if (neighbors.some(isSameText)) return true;
    this.#pairs.push(...neighbors);
    return this.#pairs.length >= PAIRS && this.hasAny();
  }

  /** Whether any two neighbors are equal. */
  async hasAny(): Promise<boolean> {
    const pairs = this.#pairs;
    this.#pairs = [];
    return pairs.length > 0 && (await this.client.query(equalKeysSql(this.query, pairs))).rowCount !== 0;
  }
}

const isSameText = ([one, other]: KeyPair): boolean => one.every((text, column) => text === other[column]);
