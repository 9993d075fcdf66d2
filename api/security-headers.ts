import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** Answers are data about one user's exports: not to be guessed at, framed, run or kept. A page sets its own policy. */
export const securityHeaders: readonly RequestHandler[] = [
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    // Browsers ignore it over plain HTTP. Other hosts of the domain are for their operators to decide about.
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: false },
    xFrameOptions: { action: 'deny' },
  }),
  (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  },
];
