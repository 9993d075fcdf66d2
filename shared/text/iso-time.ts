/** Formats a time for JSON. */
export const isoTime = (date: Date | null): string | null => date?.toISOString() ?? null;
