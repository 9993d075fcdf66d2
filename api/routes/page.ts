import type { Request, RequestHandler, Response } from 'express';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ServiceError } from '../../shared/errors.js';
import type { ApiDeps } from '../deps.js';
import type { Described } from '../openapi/operation.js';
import { nothingHere, sendFile } from '../static-file.js';

/** The web page (`web/`), as `npm run build` has made it. It is a client of this API like any other. */

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  // Whatever the service says is put in as text; the browser holds the page to it.
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const NOT_BUILT = 'The web page is not built here: run `npm run build`.';
/** The names of files change with what is in them. */
const FOR_EVER = 'public, max-age=31536000, immutable';

/** `GET /`: the page. */
export function page({ settings: { pageFolder } }: ApiDeps): RequestHandler {
  return async (_request, response) => {
    const html = pageFolder === undefined ? null : await readFile(join(pageFolder, 'index.html')).catch(() => null);
    if (html === null) throw new ServiceError('NOT_FOUND', NOT_BUILT);
    response.set({ 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-cache' }).type('html').send(html);
  };
}

/** `GET /assets/{asset}`: what the page is made of, compressed for whoever takes that. */
export function pageAsset({ settings: { pageFolder } }: ApiDeps): RequestHandler {
  return async (request, response, next) => {
    const folder = pageFolder === undefined ? null : join(pageFolder, 'assets');
    const names: readonly string[] = folder === null ? [] : await readdir(folder).catch(() => []);
    const { asset } = request.params;
    if (folder === null || typeof asset !== 'string' || !names.includes(asset)) {
      throw nothingHere();
    }
    const file = names.includes(`${asset}.gz`) ? compressed(asset, request, response) : asset;
    response.type(asset).set('Cache-Control', FOR_EVER);
    sendFile(response, folder, file, next);
  };
}

function compressed(asset: string, request: Request, response: Response): string {
  response.vary('Accept-Encoding');
  if (request.acceptsEncodings('gzip') === false) return asset;
  response.set('Content-Encoding', 'gzip');
  return `${asset}.gz`;
}

export const pageOperation: Described = {
  id: 'page',
  tag: 'Service',
  summary: 'Open the web page',
  answers: { 200: { description: 'A page', contentType: 'text/html', schema: z.string() } },
  problems: ['NOT_FOUND'],
};

export const pageAssetOperation: Described = {
  id: 'pageAsset',
  tag: 'Service',
  summary: 'Get an asset of the web page',
  answers: { 200: { description: 'A style sheet, a script or an image', contentType: '*/*', schema: z.string() } },
};
