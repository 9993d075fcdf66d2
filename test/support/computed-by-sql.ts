/** SQL versions of the computed columns in the sample datasets. No sample name needs quotes in a recipient. */
export const COMPUTED_BY_SQL: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  customers: { recipient: `(name || ' <' || email || '>')` },
};

/** SQL versions of the masked columns in the sample datasets. */
export const MASKED_BY_SQL: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  customers: { phone: `('****' || right(phone, 4))` },
};
