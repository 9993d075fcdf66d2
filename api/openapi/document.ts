import type { DatasetRegistry } from '../../shared/datasets/index.js';
import { codecPayloadsSchema } from '../routes/temporal-codec.js';
import { exportRequest } from './export-request.js';
import { scheduleRequest } from './schedule-request.js';
import { REQUEST_HEADERS, RESPONSE_HEADERS } from './headers.js';
import { TAGS, type Answer, type BodyName, type Operation, type Routes } from './operation.js';
import { headerRefs, problemResponses } from './problems.js';
import { Schemas, type Json } from './schemas.js';
import { webhookOperations } from './webhooks.js';

/**
 * The contract (OpenAPI 3.1), made from what the service checks and answers with: the route table, the schemas beside
 * the handlers, the error table, and the registries of datasets and formats.
 */

const DESCRIPTION = `Turns "give me my data" into a file behind a link that lasts 24 hours.

Ask with \`POST /v1/exports\`, watch \`GET /v1/exports/{job_id}/events\` or poll \`GET /v1/exports/{job_id}\`, and fetch \`download_url\`.

Errors are RFC 9457 problems with a stable \`code\`. A request that is repeated after a 503 or a broken connection should have an \`Idempotency-Key\`. An address takes only the methods that are named here; others are a 405 with \`Allow\`.`;

const PATH_PARAMETERS: Readonly<Record<string, Json>> = {
  job_id: { schema: { type: 'string', format: 'uuid' }, example: '01933b1c-7a52-7cc0-9d9c-3d1b2a4f5e60' },
  schedule_id: { schema: { type: 'string', format: 'uuid' }, example: '01933b1c-7a52-7cc0-9d9c-3d1b2a4f5e61' },
  user_id: { schema: { type: 'string', format: 'uuid' }, example: '1b6f3c1a-92d4-4f1b-8a35-7d1e5c2f0a11' },
  token: {
    schema: { type: 'string', minLength: 1 },
    description: 'From `download_url`. Anyone who has it can download the file.',
    example: 'AaIFasQ_coCEkxpE7gpVkgAAawTA',
  },
  file: { schema: { type: 'string', minLength: 1 }, example: 'swagger-ui.css' },
  asset: { schema: { type: 'string', minLength: 1 }, example: 'index-DmXq1b2c.js' },
};

/** As OpenAPI writes paths: `{job_id}` for `:job_id`. */
export const templateOf = (pattern: string): string => pattern.replace(/:(\w+)/g, '{$1}');

export function openApiDocument(routes: Routes, registry: DatasetRegistry): Json {
  const schemas = new Schemas();
  const bodies: Readonly<Record<BodyName, Json>> = {
    ExportRequest: exportRequest(registry, schemas),
    ScheduleRequest: scheduleRequest(registry, schemas),
    TemporalPayloads: schemas.add('TemporalPayloads', schemas.input(codecPayloadsSchema)),
  };
  const operationJson = (path: string, operation: Operation): Json => ({
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    security: operation.scope === undefined ? [] : [{ bearer: [operation.scope] }],
    parameters: [...pathParameters(path), ...queryParameters(operation, registry, schemas), ...headersOf(operation)],
    ...(operation.takes === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: bodies[operation.takes] } } } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(operation.answers).map(([status, answer]) => [status, answerJson(operation, answer, schemas)]),
      ),
      ...problemResponses(operation, path, schemas),
    },
  });
  const paths = Object.entries(routes).map(([pattern, methods]) => {
    const path = templateOf(pattern);
    const operations = Object.entries(methods).map(([method, { operation }]) => [
      method,
      operationJson(path, operation),
    ]);
    return [path, Object.fromEntries(operations)] as const;
  });
  return {
    openapi: '3.1.1',
    info: {
      title: 'Exports',
      version: '1.0.0',
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
            'A JWT with `sub` and `tenant_id`, both UUIDs. It allows what `scope`, `scp` and `permissions` name: `exports:read`, `exports:write`, `exports:admin`, `operator:decode`. A token with none of the three claims allows nothing or, if the operator permits it, what needs `exports:read` or `exports:write`.',
        },
      },
    },
  };
}

const pathParameters = (path: string): Json[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    ...PATH_PARAMETERS[name],
  }));

function queryParameters({ query }: Operation, registry: DatasetRegistry, schemas: Schemas): Json[] {
  return Object.entries(query?.(registry).shape ?? {}).map(([name, schema]) => {
    const { description, ...json } = schemas.input(schema);
    return { name, in: 'query', required: false, ...(description === undefined ? {} : { description }), schema: json };
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
  { description, headers, schema, contentType, example, leadsTo = {} }: Answer,
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
          content: {
            [contentType ?? 'application/json']: {
              schema: schemas.output(schema),
              ...(example === undefined ? {} : { example }),
            },
          },
        }),
    ...(links.length === 0 ? {} : { links: Object.fromEntries(links) as Json }),
  };
}
