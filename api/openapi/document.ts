import { z } from 'zod';
import type { DatasetRegistry } from '../../shared/datasets/index.js';
import { codecPayloadsSchema } from '../routes/temporal-codec.js';
import { exportRequest } from './export-request.js';
import { scheduleRequest } from './schedule-request.js';
import { REQUEST_HEADERS, RESPONSE_HEADERS } from './headers.js';
import { TAGS, type Answer, type BodyName, type Fields, type Operation, type Route } from './operation.js';
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

const TEMP: Readonly<Record<string, z.ZodType>> = {
  job_id: z.guid().meta({ example: '01933b1c-7a52-7cc0-9d9c-3d1b2a4f5e60' }),
  schedule_id: z.guid().meta({ example: '01933b1c-7a52-7cc0-9d9c-3d1b2a4f5e61' }),
  user_id: z.guid().meta({ example: '1b6f3c1a-92d4-4f1b-8a35-7d1e5c2f0a11' }),
  token: z.string().min(1).meta({
    description: 'From `download_url`. Anyone who has it can download the file.',
    example: 'AaIFasQ_coCEkxpE7gpVkgAAawTA',
  }),
  file: z.string().min(1).meta({ example: 'swagger-ui.css' }),
  asset: z.string().min(1).meta({ example: 'index-DmXq1b2c.js' }),
};
const pathParams = (path: string): Fields =>
  z.object(Object.fromEntries([...path.matchAll(/:(\w+)/g)].map(([, name = '']) => [name, TEMP[name] ?? z.string()])));

/** As OpenAPI writes paths: `{job_id}` for `:job_id`. */
export const templateOf = (pattern: string): string => pattern.replace(/:(\w+)/g, '{$1}');

export function openApiDocument(routes: readonly Route[], registry: DatasetRegistry): Json {
  const schemas = new Schemas();
  const bodies: Readonly<Record<BodyName, Json>> = {
    ExportRequest: exportRequest(registry, schemas),
    ScheduleRequest: scheduleRequest(registry, schemas),
    TemporalPayloads: schemas.add('TemporalPayloads', schemas.input(codecPayloadsSchema)),
  };
  const operationJson = (operation: Operation): Json => ({
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    security: operation.scope === undefined ? [] : [{ bearer: [operation.scope] }],
    parameters: [
      ...parameters('path', operation.params ?? pathParams(operation.path), schemas),
      ...parameters('query', operation.query?.(registry), schemas),
      ...headersOf(operation),
    ],
    ...(operation.takes === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: bodies[operation.takes] } } } }),
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

function parameters(place: 'path' | 'query', fields: Fields | undefined, schemas: Schemas): Json[] {
  return Object.entries(fields?.shape ?? {}).map(([name, field]) => {
    const { description, example, ...schema } = schemas.input(field);
    return {
      name,
      in: place,
      required: place === 'path',
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
