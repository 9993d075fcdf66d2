import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { ServiceError } from '../shared/errors.js';
import { principalOf } from './context.js';
import type { ApiSettings, Principal } from './deps.js';

const WINDOW_MS = 60_000;

/**
 * Limits of requests by user and by tenant, with the `RateLimit` headers of the IETF's draft. Each process counts for
 * itself, in memory: behind a balancer with three of them, three times as many get through. They protect a process from
 * one noisy client; they are no accounting.
 */
export function rateLimits({ rateLimits: limits }: ApiSettings): RequestHandler[] {
  if (limits === undefined) return [];
  const limiter = (
    identifier: 'user' | 'tenant',
    limit: number | undefined,
    keyOf: (principal: Principal) => string,
  ): RequestHandler[] => {
    if (limit === undefined) return [];
    return [
      rateLimit({
        windowMs: WINDOW_MS,
        limit,
        identifier,
        standardHeaders: 'draft-8',
        legacyHeaders: false,
        keyGenerator: (request) => keyOf(principalOf(request)),
        handler: (_request, _response, next) => {
          const sentence = `More than ${limit} requests of this ${identifier} in a minute.`;
          next(new ServiceError('RATE_LIMITED', sentence));
        },
      }),
    ];
  };
  return [
    ...limiter('user', limits.user, ({ tenantId, userId }) => `${tenantId}/${userId}`),
    ...limiter('tenant', limits.tenant, ({ tenantId }) => tenantId),
  ];
}
