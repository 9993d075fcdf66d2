import type { Tuning } from './inputs.js';

/** Weights of tenants by id, in lower case. */
export type TenantWeights = ReadonlyMap<string, number>;

/** Temporal clamps to these without a word. */
const LEAST = 0.001;
const MOST = 1000;
const ENTRY = /^([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})=(\d+(?:\.\d+)?)$/i;

/** Reads `tenant=weight` with commas between; null when something else is in it, or a tenant twice. */
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

/** The tuning of one tenant's exports: its weight travels with them, because workflow code cannot look it up. */
export function tuningFor(tenantId: string, tuning: Tuning, weights: TenantWeights = new Map()): Tuning {
  const fairnessWeight = weights.get(tenantId);
  return fairnessWeight === undefined ? tuning : { ...tuning, fairnessWeight };
}

/** Whose a task is, for the queue to let tenants take turns: those of a weight of 2 have two of them. */
export const turnsOf = (tenantId: string, { fairnessWeight }: Pick<Tuning, 'fairnessWeight'>) => ({
  fairnessKey: tenantId,
  ...(fairnessWeight === undefined ? {} : { fairnessWeight }),
});
