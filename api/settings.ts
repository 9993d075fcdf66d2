import { join } from 'node:path';
import { serviceRoot } from '../shared/process/service-version.js';
import { tuningOf, type ApiConfig } from '../shared/startup/config.js';
import type { ApiSettings } from './deps.js';
import type { TokenTrust } from './access/verify-token.js';

/** The part of the configuration that the routes need. */
export const settingsOf = (config: ApiConfig): ApiSettings => ({
  publicUrl: config.PUBLIC_URL,
  linkSecret: config.LINK_SECRET,
  webhookKey: config.WEBHOOK_KEY,
  recipientRule: config.NOTIFY_EMAIL,
  limit: config.MAX_ACTIVE_EXPORTS,
  tenantLimit: config.MAX_ACTIVE_EXPORTS_PER_TENANT,
  weights: config.TENANT_WEIGHTS,
  maxSchedules: config.MAX_SCHEDULES,
  minScheduleSeconds: config.MIN_SCHEDULE_INTERVAL / 1000,
  rateLimits: { user: config.RATE_LIMIT_USER, tenant: config.RATE_LIMIT_TENANT },
  corsOrigins: config.CORS_ORIGINS,
  trustProxy: config.TRUST_PROXY,
  maxEventStreams: config.MAX_EVENT_STREAMS,
  tuning: tuningOf(config),
  pageFolder: join(serviceRoot(), 'dist', 'web'),
});

/** Which tokens the API accepts. */
export const trustOf = (config: ApiConfig): Omit<TokenTrust, 'onUnusableEmail'> => ({
  secret: config.JWT_SECRET,
  jwksUrl: config.JWT_JWKS_URL,
  issuer: config.JWT_ISSUER,
  audience: config.JWT_AUDIENCE,
  userClaim: config.JWT_USER_CLAIM,
  tenantClaim: config.JWT_TENANT_CLAIM,
  requireScope: config.JWT_REQUIRE_SCOPE,
});
