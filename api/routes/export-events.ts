import type { RequestHandler } from 'express';
import { setMaxListeners } from 'node:events';
import { z } from 'zod';
import { ServiceError } from '../../shared/errors.js';
import { principalOf } from '../context.js';
import type { ApiDeps } from '../deps.js';
import { EventStream } from '../event-stream.js';
import { ownedJob } from '../input.js';
import { JOB_EXAMPLES } from '../../shared/job-schema.js';
import { JobWatches } from '../job-watches.js';
import { LiveProgress } from '../live-progress.js';
import type { Operation } from '../openapi/operation.js';
import { Shares } from '../shares.js';

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
    const giveBack = open.take(principalOf(request).userId);
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
    stopping.addEventListener('abort', goodbye, { once: true });
    response.once('close', () => {
      stopping.removeEventListener('abort', goodbye);
      stopListening();
      giveBack();
      streamClosed();
    });
    if (stopping.aborted) goodbye();
  };
}

/** OpenAPI 3.1 describes a stream of events by one of them. */
const eventSchema = z.strictObject({
  id: z.string(),
  event: z.enum(['progress', 'end']),
  data: z
    .string()
    .meta({ contentMediaType: 'application/json', contentSchema: { $ref: '#/components/schemas/Export' } })
    .describe('The export, as GET answers it'),
});

export const exportEventsOperation: Operation = {
  id: 'exportEvents',
  tag: 'Exports',
  summary: 'Progress of an export as server-sent events',
  description:
    'An event `progress` when it is further, once a second at most, and `end` when it has ended; the data of both is the export as `GET` answers it. Comments keep the connection open. A client that connects again goes on with the state of then.',
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
