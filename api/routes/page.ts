import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ServiceError } from '../../shared/errors.js';
import { defineRoute } from '../http/define-route.js';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  // The page inserts everything as text; the browser enforces it.
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const NOT_BUILT = "The web page hasn't been built: run `npm run build`.";

/** The web page (`web/`), built by `npm run build`. It is a client of this API like any other. */
export const page = defineRoute({
  method: 'get',
  path: '/',
  id: 'page',
  tag: 'Service',
  summary: 'Open the web page',
  answers: { 200: { description: 'A page', contentType: 'text/html', schema: z.string() } },
  problems: ['NOT_FOUND'],
  handle:
    ({ settings: { pageFolder } }) =>
    async ({ response }) => {
      const html = pageFolder === undefined ? null : await readFile(join(pageFolder, 'index.html')).catch(() => null);
      if (html === null) throw new ServiceError('NOT_FOUND', NOT_BUILT);
      response.set({ 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-cache' }).type('html').send(html);
      return undefined;
    },
});
