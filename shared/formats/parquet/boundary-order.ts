import { compareBounds, type Bounds, type Order } from './bounds.js';

/** How the bounds of a chunk's pages follow each other (`BoundaryOrder` in parquet.thrift). */
export const BOUNDARY_ORDERS = { unordered: 0, ascending: 1, descending: 2 } as const;
export type BoundaryOrder = keyof typeof BOUNDARY_ORDERS;

/** @param pages those without bounds, which have only nulls, don't count */
export function boundaryOrder(order: Order, pages: readonly { readonly bounds: Bounds | null }[]): BoundaryOrder {
  let [ascends, descends] = [true, true];
  let before: Bounds | null = null;
  for (const { bounds } of pages) {
    if (bounds === null) continue;
    if (before !== null) {
      const [min, max] = [compareBounds(order, before.min, bounds.min), compareBounds(order, before.max, bounds.max)];
      ascends &&= min <= 0 && max <= 0;
      descends &&= min >= 0 && max >= 0;
    }
    before = bounds;
  }
  if (ascends) return 'ascending';
  return descends ? 'descending' : 'unordered';
}
