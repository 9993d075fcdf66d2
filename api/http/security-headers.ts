import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** Responses are one user's data: browsers must not sniff, frame, run or store them. The page sets its own policy. */
export const securityHeaders: readonly RequestHandler[] = [
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    // Browsers ignore it over plain HTTP. Subdomains are left to their own operators.
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: false },
    xFrameOptions: { action: 'deny' },
  }),
  (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  },
];
