import { z } from 'zod';
import type { JobRow } from '../../shared/job/row.js';

/** A position in a list, newest first: after this job or schedule. Clients pass it back unchanged. */

const place = z.tuple([z.iso.datetime(), z.guid()]);

export function writeCursor({ created_at, job_id }: Pick<JobRow, 'created_at' | 'job_id'>): string {
  return Buffer.from(JSON.stringify([created_at.toISOString(), job_id])).toString('base64url');
}

function readCursor(text: string): z.infer<typeof place> | undefined {
  try {
    return place.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString())).data;
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
  return { createdAt: new Date(read[0]), jobId: read[1] };
});
