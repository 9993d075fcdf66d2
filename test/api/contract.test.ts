import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import assert from 'node:assert/strict';
import { z } from 'zod';
import { openApiDocument } from '../../api/openapi/document.js';
import { ROUTES } from '../../api/routes/index.js';
import { ERRORS } from '../../shared/errors.js';
import { sortNames } from '../../shared/datasets/sort.js';
import { FORMATS } from '../../shared/formats/index.js';
import { serviceVersion } from '../../shared/process/service-version.js';
import { parseExportRequest } from '../../shared/request/request.js';
import { createRequestSchema } from '../../shared/request/request-schema.js';
import { seedFor, someone, startApi, type TestApi } from './support.js';

const json = z.record(z.string(), z.unknown());
const media = z.looseObject({
  schema: json,
  example: z.unknown().optional(),
  examples: z.record(z.string(), z.looseObject({ value: z.unknown() })).optional(),
});
const operation = z.looseObject({
  operationId: z.string(),
  parameters: z.array(z.looseObject({ name: z.string(), schema: json, example: z.unknown().optional() })),
  responses: z.record(z.string(), z.looseObject({ content: z.record(z.string(), media).optional() })),
});
const documentSchema = z.looseObject({
  openapi: z.string(),
  info: z.looseObject({ version: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.looseObject({
    schemas: z.record(z.string(), json),
    headers: z.record(z.string(), z.looseObject({ schema: json, example: z.unknown() })),
  }),
});

const nameOfSort = (sort: string): string => (sort.startsWith('-') ? `${sort.slice(1)}_desc` : sort).toUpperCase();

describe('the OpenAPI document', () => {
  let api: TestApi;
  let document: z.infer<typeof documentSchema>;
  let raw: unknown;
  before(async () => {
    api = await startApi();
    raw = (await api.ask('GET', '/openapi.json')).json;
    document = documentSchema.parse(raw);
  });
  after(() => api.close());

  const everyOperation = () => Object.values(document.paths).flatMap((methods) => Object.values(methods));

  it('is served as the document that responses are checked against', () => {
    assert.deepEqual(raw, JSON.parse(JSON.stringify(openApiDocument(ROUTES, api.deps.registry))));
  });

  it('has every path and method, each with a unique operation id', () => {
    const described = Object.entries(document.paths).map(([path, methods]) => [path, Object.keys(methods)]);
    const routes = [...Map.groupBy(ROUTES, ({ path }) => path.replace(/:(\w+)/g, '{$1}'))];
    assert.deepEqual(
      described,
      routes.map(([path, ofPath]) => [path, ofPath.map(({ method }) => method)]),
    );
    const ids = everyOperation().map(({ operationId }) => operationId);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('has every parameter of every path, and the version of the service', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const { parameters } of Object.values(methods)) {
        const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
        assert.deepEqual(inPath, named, path);
      }
    }
    assert.equal(document.info.version, serviceVersion());
  });

  it('requires a token exactly where the service does', async () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, { security }] of Object.entries(methods)) {
        const { status } = await api.ask(method.toUpperCase(), path.replace(/\{\w+\}/g, 'x'));
        assert.equal(status === 401, z.array(z.unknown()).parse(security).length > 0, `${method} ${path}`);
      }
    }
  });

  it('has examples that match their schemas', () => {
    const ajv = new Ajv2020({ strict: false });
    formats.default(ajv);
    ajv.addFormat('idn-email', true);
    ajv.addSchema(raw as object, 'contract');
    let examples = 0;
    const check = (schema: object, value: unknown): void => {
      // Every reference is to the whole document, even from a schema within it.
      const local = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"contract#/')) as object;
      assert.ok(ajv.validate(local, value), `${ajv.errorsText()}: ${JSON.stringify(value)}`);
      examples++;
    };
    for (const { parameters, responses } of everyOperation()) {
      for (const { schema, example } of parameters) if (example !== undefined) check(schema, example);
      for (const { schema, example, examples: named = {} } of Object.values(responses).flatMap(({ content = {} }) =>
        Object.values(content),
      )) {
        for (const value of Object.values(named)) check(schema, value.value);
        if (example !== undefined) check(schema, example);
      }
    }
    for (const { schema, example } of Object.values(document.components.headers)) check(schema, example);
    for (const value of z.array(z.unknown()).parse(document.components.schemas.ExportRequest?.examples)) {
      check({ $ref: '#/components/schemas/ExportRequest' }, value);
      parseExportRequest(value, createRequestSchema(api.deps.registry), api.deps.registry);
    }
    assert.ok(examples > 50, `${examples} examples`);
  });

  it('lists the options of every format and the columns of every dataset', () => {
    const { schemas } = document.components;
    const names = Object.keys(schemas);
    assert.equal(names.filter((name) => name.endsWith('Options')).length, FORMATS.size);
    for (const { columns } of api.deps.registry.values()) {
      const text = JSON.stringify(schemas);
      for (const column of Object.keys(columns)) assert.ok(text.includes(`"${column}"`));
    }
  });

  it('gives filter values one description, that of what the service accepts', () => {
    const both: string[] = [];
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return;
      // Generators read only the alternatives.
      if ('type' in value && 'anyOf' in value) both.push(path);
      for (const [key, entry] of Object.entries(value)) visit(entry, `${path}/${key}`);
    };
    visit(document.components.schemas, '');
    assert.deepEqual(both, []);
    const filters = z.looseObject({ properties: json }).parse(document.components.schemas.OrdersFilters).properties;
    const texts = { type: 'string', maxLength: 1000 };
    assert.deepEqual(filters.currency, texts);
    assert.deepEqual(filters.customer_id, { type: ['integer', 'string'], pattern: '^[+-]?\\d{1,20}$' });
  });

  it('gives sorts names for generated clients, unless two would have the same', () => {
    const { sort } = z
      .looseObject({ properties: z.record(z.string(), json) })
      .parse(document.components.schemas.TransactionsExportRequest).properties;
    assert.deepEqual(sort?.['x-enum-varnames'], z.array(z.string()).parse(sort?.enum).map(nameOfSort));
    assert.equal(sortNames(['at', '-at', 'at_desc', '-at_desc']), undefined);
    assert.deepEqual(sortNames(['placed at', '-placed at']), ['PLACED_AT', 'PLACED_AT_DESC']);
  });

  it('names only codes of the error table, under their status', () => {
    for (const { responses } of everyOperation()) {
      for (const [status, { content }] of Object.entries(responses)) {
        for (const code of Object.keys(content?.['application/problem+json']?.examples ?? {})) {
          assert.equal(
            String(z.object({ status: z.number() }).parse(ERRORS[code as keyof typeof ERRORS]).status),
            status,
          );
        }
      }
    }
  });

  describe('as a page', () => {
    it('includes everything it needs, and runs nothing from elsewhere', async () => {
      const page = await api.ask('GET', '/docs');
      assert.equal(page.status, 200);
      const policy = page.headers.get('content-security-policy') ?? '';
      assert.match(policy, /default-src 'none'; script-src 'self';/);
      const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);
      assert.equal(files.length, 4);
      for (const file of files) {
        const { status, text } = await api.ask('GET', file);
        assert.equal(status, 200, file);
        assert.ok(text.length > 100, file);
      }
      assert.equal((await api.ask('GET', '/docs/package.json')).status, 404);
      assert.equal((await api.ask('GET', '/docs/..%2fpackage.json')).status, 404);
    });
  });

  it("fails a test whose response doesn't match it", async () => {
    const { jobs } = api.deps;
    const list = jobs.list.bind(jobs);
    try {
      const alice = someone();
      await jobs.insert(seedFor(alice));
      jobs.list = async (query) => (await list(query)).map((row) => ({ ...row, progress: 7.5 }));
      await assert.rejects(api.ask('GET', '/v1/exports', { as: alice }), /progress must be integer/);
    } finally {
      jobs.list = list;
    }
  });
});
