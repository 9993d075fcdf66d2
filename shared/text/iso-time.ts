/** A time as JSON has it. */
export const isoTime = (date: Date | null): string | null => date?.toISOString() ?? null;
