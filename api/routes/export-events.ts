import type { Response } from 'express';
import { setMaxListeners } from 'node:events';
import { z } from 'zod';
import { userKey } from '../../shared/identity/reference.js';
import { ServiceError } from '../../shared/errors.js';
import { JOB_EXAMPLES } from '../../shared/job/schema.js';
import type { ApiDeps } from '../deps.js';
import { contextOf } from '../http/context.js';
import { defineRoute } from '../http/define-route.js';
import { EventStream } from '../live/event-stream.js';
import { jobParams, noSuchExport, ownedJob } from '../http/input.js';
import { JobWatches, type OnState } from '../live/job-watches.js';
import { LiveProgress } from '../live/live-progress.js';
import { componentRef } from '../openapi/schemas.js';
import { problemOf } from '../http/problem.js';
import { Shares } from '../limits/shares.js';

/** Node fires longer timers immediately. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const dataOf = (schema: 'Export' | 'Problem', description: string) =>
  z
    .string()
    .meta({ contentMediaType: 'application/json', contentSchema: { $ref: componentRef(schema) } })
    .describe(description);

/** OpenAPI 3.1 describes an event stream by the schema of one event. */
const eventSchema = z.union([
  z.strictObject({
    id: z.string(),
    event: z.enum(['progress', 'end']),
    data: dataOf('Export', 'The export, as GET returns it'),
  }),
  z.strictObject({
    event: z.enum(['expired', 'gone']),
    data: dataOf(
      'Problem',
      'Why the stream ended: the response to any further request with this token, or for this export',
    ),
  }),
]);

export const exportEvents = defineRoute({
  method: 'get',
  path: '/v1/exports/:job_id/events',
  id: 'exportEvents',
  tag: 'Exports',
  summary: 'Stream the progress of an export',
  description:
    'Sends `progress` when the export has advanced, at most once a second, and `end` when it has ended; the data of both is the export as `GET` returns it. When the token expires, an `expired` event closes the stream, and its data is a problem: reconnect with a new token. If the export is deleted, for example because its user is erased, a `gone` event closes the stream. Comments keep the connection open. A client that reconnects gets the current state.',
  scope: 'exports:read',
  params: jobParams,
  headers: ['Last-Event-ID'],
  answers: {
    200: {
      description: 'Events until the export has ended, each as described here',
      contentType: 'text/event-stream',
      schema: eventSchema,
      example: { id: '2', event: 'end', data: JSON.stringify(JOB_EXAMPLES.completed) },
    },
  },
  problems: ['TOO_MANY_STREAMS'],
  handle: (deps) => {
    const { stopping, settings } = deps;
    const watches = new JobWatches(deps, new LiveProgress(deps));
    const open = new Shares(settings.maxEventStreams);
    // Each stream has a listener, so many listeners aren't a leak.
    setMaxListeners(0, stopping);
    return async ({ params, principal, request, response }) => {
      const row = await ownedJob(params.job_id, principal, deps);
      if (response.destroyed) return undefined;
      const giveBack = open.take(userKey(principal));
      if (giveBack === null) {
        const sentence = `You already have ${settings.maxEventStreams} open event streams (the limit). Close one first.`;
        throw new ServiceError('TOO_MANY_STREAMS', sentence);
      }
      response.once('close', giveBack);
      const about = {
        jobId: row.job_id,
        expiresAt: principal.expiresAt * 1000,
        requestId: contextOf(request).requestId,
      };
      sendEvents(deps, response, (listener) => watches.listen(row, principal.userId, listener), about);
      return undefined;
    };
  },
});

/** Sends events until the export ends or is gone, the token expires, the client disconnects or the process stops. */
function sendEvents(
  { stopping, metrics, settings }: Pick<ApiDeps, 'stopping' | 'metrics' | 'settings'>,
  response: Response,
  listen: (listener: OnState) => () => void,
  { jobId, expiresAt, requestId }: { readonly jobId: string; readonly expiresAt: number; readonly requestId: string },
): void {
  const stream = new EventStream(response);
  const streamClosed = metrics.streamOpened();
  const endWith = (event: 'expired' | 'gone', error: ServiceError): void => {
    stream.send({ event, data: JSON.stringify(problemOf(error, requestId, settings.publicUrl)) });
    stream.end();
  };
  const stopListening = listen((state) => {
    if (state === null) {
      endWith('gone', noSuchExport(jobId));
      return;
    }
    stream.send({ id: state.n, event: state.ended ? 'end' : 'progress', data: state.json });
    if (state.ended) stream.end();
  });
  // The process is stopping: the client reconnects to another one.
  const disconnect = (): void => {
    stopListening();
    stream.end();
  };
  const expire = (): void => {
    stopListening();
    endWith('expired', new ServiceError('UNAUTHENTICATED', 'The token has expired.'));
  };
  const expiry = setTimeout(expire, Math.min(expiresAt - Date.now(), LONGEST_TIMER_MS));
  stopping.addEventListener('abort', disconnect, { once: true });
  response.once('close', () => {
    clearTimeout(expiry);
    stopping.removeEventListener('abort', disconnect);
    stopListening();
    streamClosed();
  });
  if (stopping.aborted) disconnect();
}
