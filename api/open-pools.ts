import type { ApiConfig } from '../shared/startup/config.js';
import type { Logger } from '../shared/process/logger.js';
import { createPool, type Pool, type PoolOptions } from '../shared/postgres.js';
import { SILENCE_MS } from '../shared/time-limit.js';
import { CONCURRENT_QUERIES } from './limits/query-turns.js';
import { PERMISSION_CHECKS } from './access/permissions.js';
import { QUERIES_PER_PREVIEW } from './exports/first-rows.js';

/** All database connections of an API process, by purpose, so that waiting for one kind doesn't delay others. */
export interface ApiPools {
  readonly jobs: Pool;
  readonly readiness: Pool;
  readonly estimates: Pool;
  readonly previews: Pool;
  readonly permissions: Pool;
  readonly catalog: Pool;
  close(): Promise<void>;
}

/** For queries of one job or a page of jobs, and for sessions whose own time limit is no longer than this. */
const SHORT = { queryTimeoutMs: SILENCE_MS };
/** For sessions with a longer time limit: only their `statementTimeoutMs` and their signals limit them. */
const BY_SESSION = {};

type Addresses = Pick<ApiConfig, 'DATABASE_URL' | 'SOURCE_DATABASE_URL'>;

export function openPools({ DATABASE_URL, SOURCE_DATABASE_URL = DATABASE_URL }: Addresses, logger: Logger): ApiPools {
  const onIdleError = (err: Error): void => {
    logger.warn({ err }, 'an idle database connection broke');
  };
  const open = (url: string, name: string, max: number, limits: Pick<PoolOptions, 'queryTimeoutMs'> = SHORT): Pool =>
    createPool(url, { max, name, onIdleError, connectTimeoutMs: SILENCE_MS, ...limits });
  const pools = {
    jobs: open(DATABASE_URL, 'export-api', 10),
    readiness: open(DATABASE_URL, 'export-ready', 1),
    estimates: open(SOURCE_DATABASE_URL, 'export-estimate', CONCURRENT_QUERIES),
    previews: open(SOURCE_DATABASE_URL, 'export-preview', CONCURRENT_QUERIES * QUERIES_PER_PREVIEW, BY_SESSION),
    permissions: open(SOURCE_DATABASE_URL, 'export-permission', PERMISSION_CHECKS, BY_SESSION),
    catalog: open(SOURCE_DATABASE_URL, 'export-catalog', 1),
  };
  return {
    ...pools,
    close: async () => {
      await Promise.all(Object.values(pools).map((pool) => pool.end()));
    },
  };
}
