import express, { type Express, type RequestHandler } from 'express';
import { ServiceError } from '../shared/errors.js';
import { readReference } from '../shared/identity/reference.js';
import { accessLog } from './http/access-log.js';
import { auditRefusals } from './http/audit-refusals.js';
import { authenticate } from './access/authenticate.js';
import { contextOf } from './http/context.js';
import { crossOrigin } from './http/cross-origin.js';
import type { ApiDeps } from './deps.js';
import { problems } from './http/problem.js';
import type { Route } from './openapi/operation.js';
import { rateLimits } from './limits/rate-limits.js';
import { requireScope } from './access/require-scope.js';
import { ROUTES } from './routes/index.js';
import { securityHeaders } from './http/security-headers.js';
import { nothingHere } from './http/static-file.js';

/** The HTTP service, not yet listening. It closes none of its dependencies. */
export function createApp(deps: ApiDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  // Responses aren't cached, so ETags would never be used.
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('trust proxy', deps.settings.trustProxy ?? false);

  const { traceRequests } = deps;
  app.use(
    ...(traceRequests === undefined ? [] : [traceRequests]),
    accessLog(deps),
    ...securityHeaders,
    ...crossOrigin(deps.settings.corsOrigins ?? []),
  );
  app.use(['/v1', '/temporal-codec'], authenticate(deps.verifyToken), ...rateLimits(deps.settings));
  for (const [path, routes] of Map.groupBy(ROUTES, (route) => route.path)) mount(app, path, routes, deps);
  app.use(() => {
    throw nothingHere();
  });
  const patterns = ROUTES.map(({ path }) => path);
  app.use(auditRefusals(deps), problems(deps, patterns));
  return app;
}

function mount(app: Express, path: string, routes: readonly Route[], deps: ApiDeps): void {
  const mounted = app.route(path);
  mounted.all(named(path));
  for (const route of routes) mounted[route.method](...handlers(route, deps));
  mounted.all(otherMethod(routes));
}

const handlers = ({ scope, createHandler }: Route, deps: ApiDeps): RequestHandler[] => [
  ...(scope === undefined ? [] : [requireScope(scope)]),
  createHandler(deps),
];

/** Tells the access log the route's pattern (never the URL) and the user a request is about, even if it is refused. */
function named(path: string): RequestHandler {
  return (request, _response, next) => {
    const context = contextOf(request);
    context.route = path;
    const { user_id: userId } = request.params;
    const target = typeof userId === 'string' ? readReference(userId) : null;
    if (target !== null) context.targetUserId = target;
    next();
  };
}

function otherMethod(routes: readonly Route[]): RequestHandler {
  const names = routes.map(({ method }) => method.toUpperCase());
  const allow = [...names, ...(names.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  return (request, response) => {
    response.set('Allow', allow);
    if (request.method !== 'OPTIONS') {
      throw new ServiceError('METHOD_NOT_ALLOWED', `${request.method} is not allowed here. Allowed: ${allow}.`);
    }
    response.status(204).end();
  };
}
