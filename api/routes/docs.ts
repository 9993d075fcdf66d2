import type { RequestHandler } from 'express';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Described } from '../openapi/operation.js';
import { nothingHere, sendFile } from '../static-file.js';

/** The contract as pages: Swagger UI from its npm package, served from here. No other host is asked for anything. */

const ASSETS = fileURLToPath(new URL('.', import.meta.resolve('swagger-ui-dist/package.json')));
const FILES: readonly string[] = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

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

/** Its badge would send the document to a service of its makers. */
const START = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#contract',
  deepLinking: true,
  validatorUrl: null,
  persistAuthorization: false,
});
`;

/** Styles of elements are set by script all over Swagger UI; scripts come from here only. */
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

/** `GET /docs`: the page. */
export function docs(): RequestHandler {
  return (_request, response) => {
    response.set('Content-Security-Policy', POLICY).type('html').send(PAGE);
  };
}

/** `GET /docs/{file}`: what the page is made of. */
export function docsFile(): RequestHandler {
  return (request, response, next) => {
    const { file } = request.params;
    response.set('Cache-Control', 'public, max-age=3600');
    if (file === 'start.js') {
      response.type('js').send(START);
      return;
    }
    if (typeof file !== 'string' || !FILES.includes(file)) {
      response.set('Cache-Control', 'no-store');
      throw nothingHere();
    }
    sendFile(response, ASSETS, file, next);
  };
}

export const docsOperation: Described = {
  id: 'docs',
  tag: 'Service',
  summary: 'Open the API documentation',
  answers: { 200: { description: 'A page', contentType: 'text/html', schema: z.string() } },
};

export const docsFileOperation: Described = {
  id: 'docsFile',
  tag: 'Service',
  summary: 'Get an asset of the documentation',
  answers: { 200: { description: 'A style sheet, a script or an image', contentType: '*/*', schema: z.string() } },
};
