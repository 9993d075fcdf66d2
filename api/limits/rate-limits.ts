import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { userKey } from '../../shared/identity/reference.js';
import { ServiceError } from '../../shared/errors.js';
import { principalOf } from '../http/context.js';
import type { ApiSettings, Principal } from '../deps.js';

const WINDOW_MS = 60_000;

/**
 * Limits requests per user and per tenant, with the `RateLimit` headers of the IETF draft. Each process counts
 * separately, in memory: three processes behind a load balancer let through three times as many. The limits protect a
 * process from one noisy client; they aren't exact quotas.
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
          const whose = identifier === 'user' ? 'You have' : 'Your organization has';
          const sentence = `${whose} sent more than ${limit} requests in a minute (the limit).`;
          next(new ServiceError('RATE_LIMITED', sentence));
        },
      }),
    ];
  };
  return [...limiter('user', limits.user, userKey), ...limiter('tenant', limits.tenant, ({ tenantId }) => tenantId)];
}
