import type { RequestHandler } from 'express';
import { setMaxListeners } from 'node:events';
import { z } from 'zod';
import { ServiceError } from '../../shared/errors.js';
import { contextOf, principalOf } from '../context.js';
import type { ApiDeps } from '../deps.js';
import { EventStream } from '../event-stream.js';
import { ownedJob } from '../input.js';
import { JOB_EXAMPLES } from '../../shared/job/schema.js';
import { JobWatches } from '../job-watches.js';
import { LiveProgress } from '../live-progress.js';
import type { Described } from '../openapi/operation.js';
import { problemOf } from '../problem.js';
import { Shares } from '../shares.js';

/** Node fires longer timers immediately. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** `GET /v1/exports/{job_id}/events`: how far the export is, each second until its end, to whoever keeps listening. */
export function exportEvents(deps: ApiDeps): RequestHandler {
  const watches = new JobWatches(deps, new LiveProgress(deps));
  const limit = deps.settings.maxEventStreams;
  const open = new Shares(limit);
  // One for each stream, and no leak.
  setMaxListeners(0, deps.stopping);
  return async (request, response) => {
    const row = await ownedJob(request, deps);
    if (response.destroyed) return;
    const { userId, expiresAt } = principalOf(request);
    const giveBack = open.take(userId);
    if (giveBack === null) {
      throw new ServiceError('TOO_MANY_STREAMS', `You have ${limit} event streams open; close one of them first.`);
    }
    const { stopping } = deps;
    const stream = new EventStream(response);
    const streamClosed = deps.metrics.streamOpened();
    const stopListening = watches.listen(row, ({ n, json, ended }) => {
      stream.send({ id: n, event: ended ? 'end' : 'progress', data: json });
      if (ended) stream.end();
    });
    // A process that stops says goodbye; the browser then asks another one.
    const goodbye = (): void => {
      stopListening();
      stream.end();
    };
    const expire = (): void => {
      stopListening();
      const expired = new ServiceError('UNAUTHENTICATED', 'The token has expired.');
      stream.send({ event: 'expired', data: JSON.stringify(problemOf(expired, contextOf(request).requestId)) });
      stream.end();
    };
    const expiry = setTimeout(expire, Math.min(expiresAt * 1000 - Date.now(), LONGEST_TIMER_MS));
    stopping.addEventListener('abort', goodbye, { once: true });
    response.once('close', () => {
      clearTimeout(expiry);
      stopping.removeEventListener('abort', goodbye);
      stopListening();
      giveBack();
      streamClosed();
    });
    if (stopping.aborted) goodbye();
  };
}

const dataOf = (schema: 'Export' | 'Problem', description: string) =>
  z
    .string()
    .meta({ contentMediaType: 'application/json', contentSchema: { $ref: `#/components/schemas/${schema}` } })
    .describe(description);

/** OpenAPI 3.1 describes an event stream by the schema of one event. */
const eventSchema = z.union([
  z.strictObject({
    id: z.string(),
    event: z.enum(['progress', 'end']),
    data: dataOf('Export', 'The export, as GET returns it'),
  }),
  z.strictObject({
    event: z.literal('expired'),
    data: dataOf('Problem', 'Why the stream ended: the answer to any further request with this token'),
  }),
]);

export const exportEventsOperation: Described = {
  id: 'exportEvents',
  tag: 'Exports',
  summary: 'Stream the progress of an export',
  description:
    'Sends `progress` when the export has advanced, at most once a second, and `end` when it has ended; the data of both is the export as `GET` returns it. When the token expires, an `expired` event closes the stream, and its data is a problem: connect again with a new token. Comments keep the connection open. A client that reconnects gets the current state.',
  scope: 'exports:read',
  headers: ['Last-Event-ID'],
  answers: {
    200: {
      description: 'Events until the export has ended, each of this kind',
      contentType: 'text/event-stream',
      schema: eventSchema,
      example: { id: '2', event: 'end', data: JSON.stringify(JOB_EXAMPLES.completed) },
    },
  },
  problems: ['TOO_MANY_STREAMS'],
};
