import { restrictDataset } from '../datasets/column-rights.js';
import type { ColumnRights } from '../datasets/column-types.js';
import type { Dataset } from '../datasets/define-dataset.js';
import type { DatasetRegistry } from '../datasets/index.js';
import { ownedBy } from '../datasets/owned-rows.js';
import { freezeQuery, segmentSql } from '../datasets/query.js';
import { ServiceError, messageOf, type ErrorCode } from '../errors.js';
import type { SlowSort } from '../source/find-slow-sorts.js';
import type { PolicyBypass } from '../source/read-policy-bypasses.js';
import type { SourceSession } from '../source/session.js';
import type { Source } from '../source/source.js';

/** Time limit for all datasets together, ms. */
const LIMIT_MS = 10_000;
const STATEMENT_MS = 5000;
/** Errors that persist until an operator fixes the definition or the permissions. */
const NEEDS_MENDING: readonly ErrorCode[] = ['DATASET_UNAVAILABLE', 'SOURCE_FORBIDDEN'];
/** A user without data: only the shape of the query matters. */
const NOBODY = '00000000-0000-0000-0000-000000000000';
const SESSION: SourceSession = {
  timezone: 'UTC',
  tenantId: NOBODY,
  userId: NOBODY,
  statementTimeoutMs: STATEMENT_MS,
};

export interface DatasetCheck {
  /** Mismatches between definitions and the database, as sentences. Exports fail until they are fixed. */
  readonly misfits: readonly string[];
  /** Tables whose row-level security does not apply to exports. Exports still work, without that protection. */
  readonly bypasses: readonly PolicyBypass[];
  /** Sorts that no index serves. Exports still work, slowly. */
  readonly slowSorts: readonly SlowSort[];
  /** Why the database could not be checked; it may be back when an export needs it. */
  readonly unavailable: string | null;
}

/**
 * Checks every dataset against the source database, plans the query of an export of all columns, in full and masked, and
 * runs the conditions of its permissions.
 */
export async function checkDatasets(source: Source, registry: DatasetRegistry): Promise<DatasetCheck> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  const misfits = new Set<string>();
  const bypasses = new Map<string, PolicyBypass>();
  const slowSorts: SlowSort[] = [];
  let unavailable: string | null = null;
  try {
    for (const dataset of registry.values()) {
      const sentences = await sentencesOf(dataset, source, signal);
      for (const sentence of sentences) misfits.add(sentence);
      // Several datasets may read the same table.
      for (const found of await source.policyBypasses(dataset, SESSION, signal)) bypasses.set(found.sentence, found);
      if (sentences.length === 0) slowSorts.push(...(await source.slowSorts(dataset, SESSION, signal)));
    }
  } catch (error) {
    unavailable = messageOf(error);
  }
  return { misfits: [...misfits], bypasses: [...bypasses.values()], slowSorts, unavailable };
}

async function sentencesOf(dataset: Dataset, source: Source, signal: AbortSignal): Promise<string[]> {
  const found = await source.misfits(dataset, SESSION, signal);
  if (found.length > 0) return found.map(messageOf);
  const columns = Object.entries<ColumnRights>({ ...dataset.columns, ...dataset.computed });
  const conditions = columns.flatMap(([name, { permission }]) =>
    permission === undefined ? [] : [{ what: `the permission of column ${name}: `, permission }],
  );
  const own = dataset.permission === undefined ? [] : [{ what: '', permission: dataset.permission }];
  const all = new Set(conditions.map(({ permission }) => permission));
  const checks = [
    // Once with every permission and once with none, which covers each column and each mask.
    ...[all, new Set<string>()].map((granted) => ({
      what: '',
      check: async () => {
        const columns = await source.columns(dataset, SESSION, signal);
        await source.rehearse(queryOf(restrictDataset(dataset, granted), columns), SESSION, signal);
      },
    })),
    ...[...own, ...conditions].map(({ what, permission }) => ({
      what,
      check: () => source.permits(permission, SESSION, signal),
    })),
  ];
  const sentences: string[] = [];
  for (const { what, check } of checks) {
    try {
      await check();
    } catch (error) {
      if (!(error instanceof ServiceError) || !NEEDS_MENDING.includes(error.code)) throw error;
      sentences.push(`Dataset ${dataset.name} can't be exported: ${what}${messageOf(error)}`);
    }
  }
  return sentences;
}

function queryOf(dataset: Dataset, catalog: Parameters<typeof ownedBy>[2]): string {
  const columns = Object.keys(dataset.columns);
  const request = { type: dataset.name, format: 'CSV', columns, filters: {}, options: {}, notify: {} };
  const owner = { tenantId: NOBODY, ...(dataset.userColumn === undefined ? {} : { userId: NOBODY }) };
  return segmentSql(
    freezeQuery(dataset, request, ownedBy(dataset, owner, catalog), (quoted) => quoted),
    null,
    null,
  );
}
