import { z } from 'zod';
import { METRICS_TYPE } from '../../shared/process/metrics-server.js';
import { defineRoute } from '../http/define-route.js';
import { nothingHere } from '../http/static-file.js';

/** Public. If the service is reachable from the internet, METRICS_PORT moves the metrics to a port of their own. */
export const metrics = defineRoute({
  method: 'get',
  path: '/metrics',
  id: 'metrics',
  tag: 'Service',
  summary: 'Get metrics for Prometheus',
  description: 'Not available here when metrics are served on a separate port.',
  answers: { 200: { description: 'The Prometheus text format', contentType: 'text/plain', schema: z.string() } },
  problems: ['NOT_FOUND'],
  handle:
    ({ scrape }) =>
    async ({ response }) => {
      if (scrape === undefined) throw nothingHere();
      response.set('Content-Type', METRICS_TYPE).send(await scrape());
      return undefined;
    },
});
