import type { Tuning } from './inputs.js';

/** Weights by tenant id in lower case. */
export type TenantWeights = ReadonlyMap<string, number>;

/** Temporal silently clamps weights to this range. */
const LEAST = 0.001;
const MOST = 1000;
const ENTRY = /^([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})=(\d+(?:\.\d+)?)$/i;

/**
 * Parses comma-separated `tenant=weight` pairs.
 * @returns null if the text is malformed or repeats a tenant
 */
export function readWeights(text: string): TenantWeights | null {
  const weights = new Map<string, number>();
  for (const entry of text.split(',').flatMap((part) => part.trim() || [])) {
    const [, tenant, number] = ENTRY.exec(entry) ?? [];
    const weight = Number(number);
    if (tenant === undefined || weight < LEAST || weight > MOST || weights.has(tenant.toLowerCase())) return null;
    weights.set(tenant.toLowerCase(), weight);
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
  fairnessKey: tenantId,
  ...(fairnessWeight === undefined ? {} : { fairnessWeight }),
});
