import { readReference } from '../identity/reference.js';
import { tenantUuid } from '../identity/uuids.js';
import type { Tuning } from './inputs.js';

/** Weights by tenant id. */
export type TenantWeights = ReadonlyMap<string, number>;

/** Temporal silently clamps weights to this range. */
const LEAST = 0.001;
const MOST = 1000;
const ENTRY = /^([^=;]+)=(\d+(?:\.\d+)?)$/;
const ENCODED = /%(?:2c|3b|3d|25)/gi;

/**
 * Parses comma-separated `tenant=weight` pairs. In an id, `,`, `;`, `=` and `%` are percent-encoded.
 * @returns null if the text is malformed or repeats a tenant
 */
export function readWeights(text: string): TenantWeights | null {
  const weights = new Map<string, number>();
  for (const entry of text.split(',').flatMap((part) => part.trim() || [])) {
    const [, id = '', number] = ENTRY.exec(entry) ?? [];
    const tenant = readReference(id.replaceAll(ENCODED, decodeURIComponent));
    const weight = Number(number);
    if (tenant === null || weight < LEAST || weight > MOST || weights.has(tenant)) return null;
    weights.set(tenant, weight);
  }
  return weights;
}

/** The tuning for one tenant's exports. It includes the tenant's weight, because workflow code cannot look it up. */
export function tuningFor(tenantId: string, tuning: Tuning, weights: TenantWeights = new Map()): Tuning {
  const fairnessWeight = weights.get(tenantId);
  return fairnessWeight === undefined ? tuning : { ...tuning, fairnessWeight };
}

/** Fairness settings of a task: tenants take turns, and a tenant with weight 2 gets two turns. */
export const fairnessOf = (tenantId: string, { fairnessWeight }: Pick<Tuning, 'fairnessWeight'>) => ({
  fairnessKey: tenantUuid(tenantId),
  ...(fairnessWeight === undefined ? {} : { fairnessWeight }),
});
