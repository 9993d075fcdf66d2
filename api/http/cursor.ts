import { z } from 'zod';

/** A position in a list, newest first: after this entry. Clients pass it back unchanged. */
export interface ListPosition {
  readonly createdAt: Date;
  readonly id: string;
}

const position = z.tuple([z.iso.datetime(), z.guid()]);

/**
 * The cursor of the next page; null on the last one.
 * @param rows those of the page, and one more if there is another page
 * @param positionOf where a row is in the list
 */
export function nextCursor<Row>(
  rows: readonly Row[],
  limit: number,
  positionOf: (row: Row) => ListPosition,
): string | null {
  const last = rows[limit - 1];
  if (rows.length <= limit || last === undefined) return null;
  const { createdAt, id } = positionOf(last);
  return Buffer.from(JSON.stringify([createdAt.toISOString(), id])).toString('base64url');
}

function readCursor(text: string): z.infer<typeof position> | undefined {
  try {
    return position.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString())).data;
  } catch {
    return undefined;
  }
}

export const cursorSchema = z.string({ error: 'must be given once' }).transform((text, context) => {
  const read = readCursor(text);
  if (read === undefined) {
    context.addIssue({ code: 'custom', message: 'must be the next_cursor of a response' });
    return z.NEVER;
  }
  return { createdAt: new Date(read[0]), id: read[1] };
});
