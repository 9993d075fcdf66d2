/** Default number of orders to seed. */
export const DEFAULT_ORDERS = 200_000;

/**
 * Parses the number of orders from an option or a variable.
 * @throws Error with a sentence that names `source`
 */
export function parseOrders(text: string, source: string): number {
  const orders = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (Number.isNaN(orders))
    throw new Error(`${source} must be a whole number of orders below a billion, not '${text}'.`);
  return orders;
}
