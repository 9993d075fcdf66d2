import { z } from 'zod';
import type { DatasetRegistry } from '../../shared/datasets/index.js';
import { serviceVersion } from '../../shared/process/service-version.js';
import { describeExportRequest } from './export-request.js';
import { REQUEST_HEADERS, RESPONSE_HEADERS } from './headers.js';
import { TAGS, type PromisedAnswer, type Body, type Fields, type Operation, type Route } from './operation.js';
import { headerRefs, problemResponses } from './problems.js';
import { Schemas, type Json } from './schemas.js';
import { webhookOperations } from './webhooks.js';

/**
 * Generates the OpenAPI 3.1 document from what the service runs on: the routes with their schemas, the error table, and
 * the registries of datasets and formats.
 */

const DESCRIPTION = `Turns "give me my data" into a file behind a link that lasts 24 hours.

Create an export with \`POST /v1/exports\`, follow its progress with \`GET /v1/exports/{job_id}/events\` or poll \`GET /v1/exports/{job_id}\`, then open \`download_url\`.

Errors are RFC 9457 problems with a stable \`code\`. Send an \`Idempotency-Key\` to be able to repeat a request after a 503 or a broken connection. Methods that are not listed here return a 405 with \`Allow\`.`;

/** As OpenAPI writes paths: `{job_id}` for `:job_id`. */
export const templateOf = (pattern: string): string => pattern.replace(/:(\w+)/g, '{$1}');

export function openApiDocument(routes: readonly Route[], registry: DatasetRegistry): Json {
  const schemas = new Schemas();
  const exportRequest = describeExportRequest(registry);
  const operationJson = (operation: Operation): Json => ({
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    security: operation.scope === undefined ? [] : [{ bearer: [operation.scope] }],
    parameters: [
      ...parameters('path', operation.params, schemas),
      ...parameters('query', operation.query?.(registry), schemas),
      ...headersOf(operation),
    ],
    ...(operation.body === undefined ? {} : { requestBody: bodyJson(operation.body, exportRequest, schemas) }),
    responses: {
      ...Object.fromEntries(
        Object.entries(operation.answers).map(([status, answer]) => [status, answerJson(operation, answer, schemas)]),
      ),
      ...problemResponses(operation, schemas),
    },
  });
  const paths = [...Map.groupBy(routes, ({ path }) => templateOf(path))].map(([path, ofPath]) => [
    path,
    Object.fromEntries(ofPath.map((route) => [route.method, operationJson(route)])),
  ]);
  return {
    openapi: '3.1.1',
    info: {
      title: 'Exports',
      version: serviceVersion(),
      summary: 'Durable data exports',
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths: Object.fromEntries(paths),
    webhooks: webhookOperations(schemas),
    components: {
      schemas: schemas.components,
      headers: RESPONSE_HEADERS,
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description:
            'A JWT with the ids of its user (`sub`, unless configured otherwise) and tenant (`tenant_id`). Its scopes are those in `scope`, `scp` and `permissions`: `exports:read`, `exports:write`, `exports:admin`, `operator:decode`. A token without any of these claims has no scopes or, depending on the configuration, `exports:read` and `exports:write`.',
        },
      },
    },
  };
}

function bodyJson(body: Body<unknown>, exportRequest: z.ZodType, schemas: Schemas): Json {
  const schema = body instanceof z.ZodType ? body : body.describe(exportRequest);
  return { required: true, content: { 'application/json': { schema: schemas.input(schema) } } };
}

function parameters(location: 'path' | 'query', fields: Fields | undefined, schemas: Schemas): Json[] {
  return Object.entries(fields?.shape ?? {}).map(([name, field]) => {
    const { description, example, ...schema } = schemas.input(field);
    return {
      name,
      in: location,
      required: location === 'path',
      ...(description === undefined ? {} : { description }),
      schema,
      ...(example === undefined ? {} : { example }),
    };
  });
}

const headersOf = ({ headers = [] }: Operation): Json[] =>
  [...headers, 'X-Request-Id' as const].map((name) => ({
    name,
    in: 'header',
    required: false,
    ...REQUEST_HEADERS[name],
  }));

function answerJson(
  operation: Operation,
  { description, headers, schema, contentType, example, leadsTo = {} }: PromisedAnswer,
  schemas: Schemas,
): Json {
  const links = Object.entries(leadsTo).flatMap(([field, ids]) =>
    ids.map((operationId) => [operationId, { operationId, parameters: { [field]: `$response.body#/${field}` } }]),
  );
  return {
    description,
    headers: headerRefs(operation, headers),
    ...(schema === undefined
      ? {}
      : {
          content: Object.fromEntries(
            [contentType ?? 'application/json']
              .flat()
              .map((type) => [type, { schema: schemas.output(schema), ...(example === undefined ? {} : { example }) }]),
          ),
        }),
    ...(links.length === 0 ? {} : { links: Object.fromEntries(links) as Json }),
  };
}
