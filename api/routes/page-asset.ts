import type { Request, Response } from 'express';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { defineRoute } from '../http/define-route.js';
import { nothingHere, sendFile } from '../http/static-file.js';

/** File names contain a content hash. */
const FOREVER = 'public, max-age=31536000, immutable';

export const pageAsset = defineRoute({
  method: 'get',
  path: '/assets/:asset',
  id: 'pageAsset',
  tag: 'Service',
  summary: 'Get an asset of the web page',
  params: z.object({ asset: z.string().min(1).meta({ example: 'index-DmXq1b2c.js' }) }),
  answers: {
    200: {
      description: 'A style sheet, a script or an image',
      contentType: ['text/css', 'text/javascript', 'image/svg+xml'],
      schema: z.string(),
    },
  },
  handle:
    ({ settings: { pageFolder } }) =>
    async ({ params: { asset }, request, response }) => {
      const folder = pageFolder === undefined ? null : join(pageFolder, 'assets');
      const names: readonly string[] = folder === null ? [] : await readdir(folder).catch(() => []);
      if (folder === null || !names.includes(asset)) throw nothingHere();
      const file = names.includes(`${asset}.gz`) ? compressed(asset, request, response) : asset;
      response.type(asset).set('Cache-Control', FOREVER);
      await sendFile(response, folder, file);
      return undefined;
    },
});

/** The compressed file if the client accepts it. */
function compressed(asset: string, request: Request, response: Response): string {
  response.vary('Accept-Encoding');
  if (request.acceptsEncodings('gzip') === false) return asset;
  response.set('Content-Encoding', 'gzip');
  return `${asset}.gz`;
}
