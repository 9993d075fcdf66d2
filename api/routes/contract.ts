import { z } from 'zod';
import { defineRoute } from '../http/define-route.js';
import { openApiDocument } from '../openapi/document.js';
import type { Route } from '../openapi/operation.js';

/** @param routes every route of the service, this one included */
export const contract = (routes: () => readonly Route[]): Route =>
  defineRoute({
    method: 'get',
    path: '/openapi.json',
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
    handle: ({ registry }) => {
      const document = Buffer.from(JSON.stringify(openApiDocument(routes(), registry)));
      return ({ response }) => {
        response.type('json').send(document);
        return undefined;
      };
    },
  });
