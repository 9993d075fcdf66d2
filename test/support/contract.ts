import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import assert from 'node:assert/strict';
import { z } from 'zod';
import { openApiDocument } from '../../api/openapi/document.js';
import { ROUTES } from '../../api/routes/index.js';
import { createRegistry, type Dataset, type DatasetRegistry } from '../../shared/datasets/index.js';
import type { Answer } from './answer.js';
import { SIGNS } from './secrets.js';

/**
 * Checks every response that a test receives against `/openapi.json`: status, media type, headers and body. An
 * undocumented response fails the test that sent the request.
 */

const media = z.record(
  z.string(),
  z.looseObject({ schema: z.unknown(), examples: z.record(z.string(), z.unknown()).optional() }),
);
const header = z.looseObject({ $ref: z.string() });
const response = z.looseObject({ headers: z.record(z.string(), header), content: media.optional() });
const operation = z.looseObject({ responses: z.record(z.string(), response) });
const documentSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.looseObject({ headers: z.record(z.string(), z.looseObject({ required: z.boolean().optional() })) }),
});

export type HoldToContract = (method: string, path: string, answer: Answer) => void;

/** Statuses of responses outside any operation: an unknown path or method, or a path that can't be decoded. */
const OUTSIDE: ReadonlySet<number> = new Set([204, 400, 401, 403, 404, 405, 429]);

const escaped = (pointer: string): string => encodeURIComponent(pointer.replaceAll('~', '~0').replaceAll('/', '~1'));

const registries = new WeakMap<readonly Dataset[], DatasetRegistry>();
/** One registry for each list of datasets, so that services with the same datasets share their contract. */
export function registryOf(datasets: readonly Dataset[]): DatasetRegistry {
  const registry = registries.get(datasets) ?? createRegistry(datasets);
  registries.set(datasets, registry);
  return registry;
}

/** Cached, because generating and compiling schemas is slow. */
const contracts = new WeakMap<DatasetRegistry, HoldToContract>();

export function contractOf(registry: DatasetRegistry): HoldToContract {
  // Serialized, as a client receives it.
  const contract = contracts.get(registry) ?? contractIn(JSON.parse(JSON.stringify(openApiDocument(ROUTES, registry))));
  contracts.set(registry, contract);
  return contract;
}

function contractIn(text: unknown): HoldToContract {
  const { paths, components } = documentSchema.parse(text);
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
  formats.default(ajv);
  ajv.addFormat('idn-email', true);
  ajv.addSchema(text as object, 'contract');
  const validators = new Map<string, ValidateFunction>();
  const validator = (...steps: readonly string[]): ValidateFunction => {
    const $ref = `contract#/${steps.map(escaped).join('/')}`;
    const known = validators.get($ref) ?? ajv.compile({ $ref });
    validators.set($ref, known);
    return known;
  };
  const templates = Object.keys(paths).map((template) => ({
    template,
    pattern: new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
  }));

  return (method, address, answer) => {
    const { pathname } = new URL(address, 'http://api');
    const what = `${method} ${pathname} → ${answer.status}`;
    const holds = (valid: ValidateFunction, value: unknown, of: string): void => {
      assert.ok(valid(value), `${what}: ${of} violates the contract: ${ajv.errorsText(valid.errors)}`);
    };
    if (answer.status >= 400) {
      for (const [name, sign] of Object.entries(SIGNS)) assert.ok(!answer.text.includes(sign), `${what} tells ${name}`);
    }
    const template = templates.find(({ pattern }) => pattern.test(pathname))?.template ?? '';
    const described = paths[template]?.[method.toLowerCase()];
    if (described === undefined) {
      assert.ok(OUTSIDE.has(answer.status), `${what} is not in the contract`);
      if (answer.text !== '') holds(validator('components', 'schemas', 'Problem'), answer.json, 'the body');
      return;
    }

    const status = String(answer.status);
    const promised = described.responses[status];
    assert.ok(promised, `${what} is not in the contract: ${answer.text.slice(0, 500)}`);
    for (const [name, { required }] of Object.entries(components.headers)) {
      const value = answer.headers.get(name);
      const isPromised = Object.hasOwn(promised.headers, name);
      if (value === null) assert.ok(!isPromised || required !== true, `${what}: there is no ${name}`);
      else {
        assert.ok(isPromised, `${what}: ${name} is not in the contract`);
        holds(validator('components', 'headers', name, 'schema'), value, name);
      }
    }
    const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
    const content = promised.content ?? {};
    if (Object.keys(content).length === 0) {
      assert.equal(status === '302' ? '' : answer.text, '', `${what}: a body is not in the contract`);
      return;
    }
    const { examples = {} } = content[type] ?? assert.fail(`${what}: ${type} is not in the contract`);
    if (type === 'application/problem+json') {
      const { code } = z.looseObject({ code: z.string() }).parse(answer.json);
      assert.ok(Object.hasOwn(examples, code), `${what}: ${code} is not in the contract`);
    }
    if (type === 'text/event-stream') {
      for (const event of eventsIn(answer.text)) {
        holds(validator('paths', template, 'get', 'responses', status, 'content', type, 'schema'), event, 'an event');
        const of = event.event === 'expired' ? 'Problem' : 'Export';
        holds(validator('components', 'schemas', of), JSON.parse(event.data ?? 'null'), 'the data of an event');
      }
      return;
    }
    const at = ['paths', template, method.toLowerCase(), 'responses', status, 'content', type, 'schema'];
    holds(validator(...at), type.endsWith('json') ? answer.json : answer.text, 'the body');
  };
}

/** The fields of each event in a stream, except for retry settings and keep-alive comments. */
function eventsIn(stream: string): Partial<Record<string, string>>[] {
  const blocks = stream.split('\n\n').map((block) => [...block.matchAll(/^(\w+): ?(.*)$/gm)]);
  return blocks
    .map((lines) => Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value])))
    .filter((fields) => 'data' in fields);
}
