import cors from 'cors';
import type { RequestHandler } from 'express';
import { REQUEST_HEADERS, RESPONSE_HEADERS } from '../openapi/headers.js';

const DAY_SECONDS = 86_400;

/** Lets pages of these origins call the service. Without any, only the service's own page can. */
export function crossOrigin(origins: readonly string[]): RequestHandler[] {
  if (origins.length === 0) return [];
  const allow = cors({
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'POST', 'PUT', 'DELETE'],
    // Temporal's Web UI sends X-Namespace to its codec server.
    allowedHeaders: ['Authorization', 'Content-Type', 'X-Namespace', ...Object.keys(REQUEST_HEADERS)],
    exposedHeaders: Object.keys(RESPONSE_HEADERS),
    maxAge: DAY_SECONDS,
  });
  return [
    (request, response, next) => {
      // An OPTIONS request that isn't a preflight gets the path's allowed methods, as without CORS.
      const isPreflight = request.get('Access-Control-Request-Method') !== undefined;
      if (request.method === 'OPTIONS' && !isPreflight) next();
      else allow(request, response, next);
    },
  ];
}
