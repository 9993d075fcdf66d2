import { z } from 'zod';
import { defineRoute } from '../http/define-route.js';

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Exports API</title>
    <link rel="icon" href="/docs/favicon-32x32.png">
    <link rel="stylesheet" href="/docs/swagger-ui.css">
  </head>
  <body>
    <div id="contract"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

// Swagger UI sets inline styles; scripts come only from this service.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The OpenAPI document as a page: Swagger UI, served from this service alone. */
export const docs = defineRoute({
  method: 'get',
  path: '/docs',
  id: 'docs',
  tag: 'Service',
  summary: 'Open the API documentation',
  answers: { 200: { description: 'A page', contentType: 'text/html', schema: z.string() } },
  handle:
    () =>
    ({ response }) => {
      response.set('Content-Security-Policy', POLICY).type('html').send(PAGE);
      return undefined;
    },
});
