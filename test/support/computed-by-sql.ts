/**
 * The columns that TypeScript computes in the sample datasets, as PostgreSQL computes them. No sample name needs quotes
 * in a recipient.
 */
export const COMPUTED_BY_SQL: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  customers: { recipient: `(name || ' <' || email || '>')` },
};
