import { z } from 'zod';
import { defineRoute } from '../http/define-route.js';
import { ERROR_DOCS, ERROR_DOCS_POLICY, errorDocsPage } from '../openapi/error-docs.js';

/** Where the `type` of every problem leads. */
export const errorDocs = defineRoute({
  method: 'get',
  path: ERROR_DOCS,
  id: 'errorDocs',
  tag: 'Service',
  summary: 'Explain the errors',
  answers: {
    200: { description: 'A page with an anchor for each code', contentType: 'text/html', schema: z.string() },
  },
  handle: () => {
    const page = errorDocsPage();
    return ({ response }) => {
      response.set({ 'Content-Security-Policy': ERROR_DOCS_POLICY, 'Cache-Control': 'public, max-age=3600' });
      response.type('html').send(page);
      return undefined;
    };
  },
});
