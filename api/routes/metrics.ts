import type { RequestHandler } from 'express';
import { z } from 'zod';
import { METRICS_TYPE } from '../../shared/process/metrics-server.js';
import type { ApiDeps } from '../deps.js';
import type { Described } from '../openapi/operation.js';
import { nothingHere } from '../static-file.js';

/**
 * `GET /metrics`: for Prometheus. No token is asked for; where the service is open to the world, METRICS_PORT takes it
 * to a port of its own, and there is nothing here.
 */
export function metrics({ scrape }: ApiDeps): RequestHandler {
  return async (_request, response) => {
    if (scrape === undefined) throw nothingHere();
    response.set('Content-Type', METRICS_TYPE).send(await scrape());
  };
}

export const metricsOperation: Described = {
  id: 'metrics',
  tag: 'Service',
  summary: 'Get metrics for Prometheus',
  description: 'Not available here when metrics are served on a separate port.',
  answers: { 200: { description: 'The Prometheus text format', contentType: 'text/plain', schema: z.string() } },
  problems: ['NOT_FOUND'],
};
