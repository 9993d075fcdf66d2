import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { defineRoute } from '../http/define-route.js';
import { nothingHere, sendFile } from '../http/static-file.js';

/** Swagger UI from its npm package. */
const ASSETS = fileURLToPath(new URL('.', import.meta.resolve('swagger-ui-dist/package.json')));
const FILES: readonly string[] = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

// validatorUrl: the badge would send the document to a third party.
const START = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#contract',
  deepLinking: true,
  validatorUrl: null,
  persistAuthorization: false,
});
`;

export const docsFile = defineRoute({
  method: 'get',
  path: '/docs/:file',
  id: 'docsFile',
  tag: 'Service',
  summary: 'Get an asset of the documentation',
  params: z.object({ file: z.string().min(1).meta({ example: 'swagger-ui.css' }) }),
  answers: {
    200: {
      description: 'A style sheet, a script or an image',
      contentType: ['text/css', 'text/javascript', 'image/png'],
      schema: z.string(),
    },
  },
  handle:
    () =>
    async ({ params: { file }, response }) => {
      if (file !== 'start.js' && !FILES.includes(file)) throw nothingHere();
      response.set('Cache-Control', 'public, max-age=3600');
      if (file === 'start.js') response.type('js').send(START);
      else await sendFile(response, ASSETS, file);
      return undefined;
    },
});
