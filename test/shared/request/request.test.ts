import assert from 'node:assert/strict';
import fc from 'fast-check';
import { csvSettings } from '../../../shared/formats/csv/options.js';
import { createRegistry, defineDataset } from '../../../shared/datasets/index.js';
import { orders } from '../../../shared/datasets/orders.js';
import { ServiceError } from '../../../shared/errors.js';
import { BUNDLE_FORMATS, FORMATS } from '../../../shared/formats/index.js';
import {
  checkExportRequest,
  hashRequest,
  parseExportRequest,
  withRecipient,
  type ParsedRequest,
} from '../../../shared/request/request.js';
import { createRequestSchema } from '../../../shared/request/request-schema.js';
import { BAD_FILTERS } from './bad-filters.js';

const events = defineDataset({
  name: 'events',
  title: 'Events',
  table: 'events',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: {
    id: { type: 'uuid' },
    at: { type: 'timestamptz' },
    day: { type: 'date' },
    done: { type: 'boolean' },
    size: { type: 'bigint' },
    name: { type: 'text' },
    'a/b~c': { type: 'integer' },
  },
  filters: {
    at: { kind: 'date_range', column: 'at' },
    days: { kind: 'range', column: 'day' },
    done: { kind: 'equals', column: 'done' },
    size: { kind: 'range', column: 'size' },
    ids: { kind: 'one_of', column: 'id' },
    name: { kind: 'range', column: 'name' },
    'a/b~c': { kind: 'equals', column: 'a/b~c' },
  },
});
const registry = createRegistry([orders, events]);
const schema = createRequestSchema(registry);
const parse = (body: unknown) => parseExportRequest(body, schema, registry);

/** The pointers of a rejection's errors, with their details. */
function problemsOf(body: unknown): Record<string, string> {
  try {
    parse(body);
  } catch (error) {
    assert.ok(error instanceof ServiceError && error.code === 'VALIDATION_FAILED', String(error));
    const { errors } = error.details;
    assert.ok(Array.isArray(errors) && errors.length > 0);
    return Object.fromEntries(
      errors.map(({ pointer, detail }: { pointer: string; detail: string }) => [pointer, detail]),
    );
  }
  return {};
}

const filtered = (filters: unknown) => ({ type: 'events', format: 'csv', filters });

describe('a request', () => {
  it('gets every default', () => {
    assert.deepEqual(parse({ type: 'orders', format: 'csv' }), {
      type: 'orders',
      format: 'CSV',
      columns: Object.keys(orders.columns),
      filters: {},
      options: csvSettings({ timezone: 'UTC', compression: 'none' }),
      notify: {},
      namesNoColumns: true,
    });
  });

  it('for PDF omits UUIDs unless it names them or there are no other columns', () => {
    const ids = defineDataset({
      name: 'ids',
      title: 'Ids',
      table: 'ids',
      key: ['id'],
      tenantColumn: 'tenant_id',
      columns: { id: { type: 'uuid' } },
    });
    const withIds = createRegistry([orders, ids]);
    const columnsOf = (body: object) =>
      parseExportRequest({ format: 'pdf', ...body }, createRequestSchema(withIds), withIds).columns;
    const readable = Object.keys(orders.columns).filter((name) => name !== 'tenant_id' && name !== 'user_id');
    assert.deepEqual(columnsOf({ type: 'orders' }), readable);
    assert.deepEqual(columnsOf({ type: 'orders', columns: ['user_id', 'id'] }), ['user_id', 'id']);
    assert.deepEqual(columnsOf({ type: 'ids' }), ['id']);
    assert.deepEqual(columnsOf({ type: 'orders', format: 'csv' }), Object.keys(orders.columns));
  });

  it('for an account needs only a format, and has no columns or filters', () => {
    assert.deepEqual(parse({ type: 'account', format: 'json', options: { timezone: 'Europe/Berlin' } }), {
      type: 'account',
      format: 'JSON',
      columns: [],
      filters: {},
      options: { timezone: 'Europe/Berlin', compression: 'none', bigint_as_text: false },
      notify: {},
    });
  });

  it('for an account rejects columns and filters, and is an unknown type if no dataset has a user column', () => {
    const account = { type: 'account', format: 'ndjson' };
    assert.deepEqual(problemsOf({ ...account, format: 'docx', columns: ['id'], filters: { status: ['paid'] } }), {
      '/format': `must be one of ${BUNDLE_FORMATS.join(', ')}`,
      '/columns': "can't be set for account exports, which contain everything",
      '/filters': "can't be set for account exports, which contain everything",
    });
    assert.deepEqual(problemsOf({ ...account, options: { compression: 'gzip' } }), {
      '/options/compression': "can't be set for account exports, which are always compressed",
    });
    assert.deepEqual(problemsOf({ type: 'accounts', format: 'csv' }), {
      '/type': 'must be one of orders, events, account',
    });
    const userless = createRegistry([events]);
    assert.throws(
      () => parseExportRequest(account, createRequestSchema(userless), userless),
      /\/type must be one of events\./,
    );
  });

  it('keeps the order of its columns and the values of its filters as they were sent', () => {
    const filters = { at: ['2026-01-01', '2026-01-01T12:00:00+02:00'], size: { gt: '9007199254740993' }, done: false };
    const { columns, filters: kept } = parse({ ...filtered(filters), columns: ['day', 'id'] });
    assert.deepEqual(columns, ['day', 'id']);
    assert.deepEqual(kept, filters);
  });

  it('has a sort that the dataset offers, and no other', () => {
    const sorts = ['id', '-id', 'placed_at', '-placed_at', 'customer_id', '-customer_id'];
    for (const sort of sorts) assert.equal(parse({ type: 'orders', format: 'csv', sort }).sort, sort);
    for (const sort of ['quantity', '+id', '--id', '', 'id ', 1, ['id'], null, { column: 'id' }]) {
      const problems = problemsOf({ type: 'orders', format: 'csv', sort });
      assert.deepEqual(problems, { '/sort': `must be one of ${sorts.join(', ')}` }, JSON.stringify(sort));
    }
    assert.deepEqual(problemsOf({ ...filtered({}), sort: 'id' }), {
      '/sort': "can't be set: this dataset offers no sorts",
    });
    assert.deepEqual(problemsOf({ type: 'account', format: 'json', sort: 'id' }), {
      '/sort': "can't be set for account exports, which have several datasets",
    });
  });

  it('may have a date range that includes its last day or is open at one end', () => {
    const ranges = [
      { from: '2026-03-01', to: '2026-03-31' },
      { from: '2026-03-31', to: '2026-03-31' },
      { from: '2026-03-01T10:00:00.5Z' },
      // Still 30 June in UTC. The order depends on the timezone, so only the database can compare the two.
      { from: '2026-07-01T00:00:00+02:00', to: '2026-06-30' },
      { to: '9999-12-31' },
    ];
    for (const at of ranges) assert.deepEqual(parse(filtered({ at })).filters, { at });
  });

  it('with a relative range has its days in the timezone of the export, and the same hash on any day', () => {
    const parseAt = (at: string, timezone: string): ParsedRequest => {
      const checked = checkExportRequest(
        { ...filtered({ at: 'yesterday' }), options: { timezone } },
        schema,
        registry,
        {
          at: new Date(at),
        },
      );
      assert.ok('request' in checked);
      return checked.request;
    };
    const [utc, berlin] = ['UTC', 'Europe/Berlin'].map((zone) => parseAt('2026-03-31T22:30:00Z', zone));
    assert.deepEqual(utc?.filters, { at: ['2026-03-30', '2026-03-31'] });
    assert.deepEqual(berlin?.filters, { at: ['2026-03-31', '2026-04-01'] });
    const [one, other] = ['2026-03-31', '2026-05-01'].map((day) => hashRequest(parseAt(`${day}T12:00:00Z`, 'UTC')));
    assert.equal(one, other);
    assert.notEqual(one, hashRequest(parse(filtered({ at: 'today' }))));
    const resolved = withRecipient(parse(filtered({ at: 'today' })), undefined, 'token');
    assert.ok('value' in resolved && !('relative' in resolved.value), 'the export itself has only days');
  });

  for (const [what, filters, pointers] of BAD_FILTERS) {
    it(`with ${what} is rejected, and the error names ${pointers.join(' and ')}`, () => {
      assert.deepEqual(Object.keys(problemsOf(filtered(filters))), pointers);
    });
  }

  it('is rejected with a message that lists the valid values', () => {
    assert.deepEqual(problemsOf({ type: 'orders', format: 'docx', filters: { status: ['lost'] }, columns: ['x'] }), {
      '/format': `must be one of ${[...FORMATS.keys()].join(', ')}`,
      '/columns/0': `must be one of ${Object.keys(orders.columns).join(', ')}`,
      '/filters/status/0': 'must be one of pending, paid, shipped, delivered, refunded',
    });
  });

  it('is accepted or rejected, whatever it contains: nothing else is thrown, and every problem points into it', () => {
    const fields = [
      'type',
      'format',
      'columns',
      'filters',
      'options',
      'notify',
      'at',
      'size',
      'ids',
      'gt',
      '__proto__',
    ];
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom('events', 'orders', 'csv', 'id', '2026-01-01', null, true, 1.5),
        fc.jsonValue({ maxDepth: 1 }),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...fields), tie('any'), { maxKeys: 5 }),
      ),
    })).any;
    const body = fc.record({ type: fc.constantFrom('events', 'orders'), format: fc.constant('csv') }).chain((base) =>
      fc.oneof(
        value,
        fc.dictionary(fc.constantFrom(...fields), value).map((more) => ({ ...more, ...base })),
      ),
    );
    fc.assert(
      fc.property(body, (sent) => {
        for (const pointer of Object.keys(problemsOf(sent))) assert.match(pointer, /^(\/|$)/);
      }),
      { numRuns: 1000 },
    );
  });

  it('has the same hash for any order of keys, and a different one for any other change', () => {
    const one = parse(filtered({ done: true, size: { gt: 1, lt: 2 } }));
    const same = parse({ filters: { size: { lt: 2, gt: 1 }, done: true }, format: 'CSV', type: 'events' });
    assert.equal(hashRequest(one), hashRequest(same));
    const others = [
      filtered({ done: false, size: { gt: 1, lt: 2 } }),
      filtered({ done: true, size: { gt: 1, lt: 3 } }),
      { ...filtered({ done: true, size: { gt: 1, lt: 2 } }), columns: ['day', 'id'] },
      { ...filtered({ done: true, size: { gt: 1, lt: 2 } }), columns: ['id', 'day'] },
    ].map((body) => hashRequest(parse(body)));
    assert.equal(new Set([hashRequest(one), ...others]).size, 5);
  });
});
