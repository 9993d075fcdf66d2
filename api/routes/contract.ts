import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { ApiDeps } from '../deps.js';
import { openApiDocument } from '../openapi/document.js';
import type { Described, Route } from '../openapi/operation.js';

/** `GET /openapi.json`: what every address takes and answers, made once from what the service runs by. */
export const contract =
  (routes: () => readonly Route[]) =>
  ({ registry }: ApiDeps): RequestHandler => {
    const document = Buffer.from(JSON.stringify(openApiDocument(routes(), registry)));
    return (_request, response) => {
      response.type('json').send(document);
    };
  };

export const contractOperation: Described = {
  id: 'contract',
  tag: 'Service',
  summary: 'Get the OpenAPI document',
  answers: {
    200: {
      description: 'OpenAPI 3.1',
      schema: z.looseObject({ openapi: z.string(), paths: z.looseObject({}) }),
      example: { openapi: '3.1.1', paths: {} },
    },
  },
};
