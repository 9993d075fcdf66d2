import assert from 'node:assert/strict';
import { optionFields, optionValue } from '../../api/web/new-export/option-fields.js';
import {
  draftFor,
  allowedFormats,
  createRequest,
  withFormat,
  type Draft,
  type FilterDraft,
} from '../../api/web/new-export/request.js';
import { choicesSchema, type Choices } from '../../shared/request/choices-schema.js';
import { parseExportRequest, type ParsedRequest } from '../../shared/request/request.js';
import { createRequestSchema } from '../../shared/request/request-schema.js';
import { someone, startApi } from '../api/support.js';
import { queryRows } from '../support/database.js';

describe('the form of the web page', () => {
  let choices: Choices;
  let accepted: (draft: Draft) => ParsedRequest;
  before(async () => {
    const api = await startApi();
    const as = someone();
    await queryRows(
      api.databaseUrl,
      `CREATE TABLE accountants AS SELECT '${as.tenantId}'::uuid AS tenant_id, '${as.userId}'::uuid AS user_id`,
    );
    choices = choicesSchema.parse((await api.ask('GET', '/v1/datasets', { as })).json);
    const { registry } = api.deps;
    const schema = createRequestSchema(registry);
    accepted = (draft) => {
      const { body, problems } = createRequest(choices, draft);
      assert.deepEqual(problems, []);
      return parseExportRequest(body, schema, registry);
    };
    await api.close();
  });

  const types = (): string[] => [...choices.datasets, ...choices.bundles].map(({ name }) => name);

  it("untouched, requests the default columns in every format, in the browser's timezone", () => {
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
    for (const type of types()) {
      const draft = draftFor(choices, type);
      const all = choices.datasets.find(({ name }) => name === type)?.columns ?? [];
      for (const { name: format } of allowedFormats(choices, type)) {
        const parsed = accepted(withFormat(choices, draft, format));
        const columns = all.filter((column) => format !== 'PDF' || column.type !== 'uuid').map(({ name }) => name);
        assert.deepEqual([parsed.format, parsed.columns, parsed.filters], [format, columns, {}]);
        assert.equal(parsed.options.timezone, timeZone);
      }
    }
  });

  it("sends the export's name, if there is one", () => {
    const named = { ...draftFor(choices, 'orders'), name: '  Paid orders, Q3 ' };
    assert.equal(accepted(named).name, 'Paid orders, Q3');
    assert.ok(!('name' in accepted({ ...named, name: ' ' })));
  });

  it('keeps the columns that the user has chosen when the format changes', () => {
    const chosen = { ...draftFor(choices, 'orders'), columns: ['user_id', 'id'] };
    assert.deepEqual(withFormat(choices, chosen, 'PDF').columns, ['user_id', 'id']);
    const untouched = withFormat(choices, draftFor(choices, 'orders'), 'PDF');
    assert.ok(!untouched.columns.includes('user_id'));
    assert.ok(withFormat(choices, untouched, 'CSV').columns.includes('user_id'));
  });

  it('requests each kind of filter as entered', () => {
    const customers: Draft = {
      ...draftFor(choices, 'customers'),
      filters: {
        date_range: { from: '2026-01-01', to: '2026-02-01' },
        name: { value: 'Zoë, “the best”' },
        country: { value: ' DE, FR ,' },
        vip: { value: 'false' },
        credit_limit: { from: '12345678901234567890.123456789', to: '' },
        born_on: { from: '1970-01-01', to: '1999-12-31' },
        email: { value: '' },
      },
    };
    assert.deepEqual(accepted(customers).filters, {
      date_range: { from: '2026-01-01', to: '2026-02-01' },
      name: 'Zoë, “the best”',
      country: ['DE', 'FR'],
      vip: false,
      credit_limit: { gte: '12345678901234567890.123456789' },
      born_on: { gte: '1970-01-01', lte: '1999-12-31' },
    });
    const orders: Draft = { ...draftFor(choices, 'orders'), filters: { status: { values: ['paid', 'shipped'] } } };
    assert.deepEqual(accepted(orders).filters, { status: ['paid', 'shipped'] });
  });

  it('has an input for every option of every format, with all its values', () => {
    let values = 0;
    for (const { name: format, options } of choices.formats) {
      for (const field of optionFields(options)) {
        const texts =
          field.kind === 'choice' ? field.values.map(String) : field.kind === 'flag' ? ['true', 'false'] : [];
        for (const text of texts) {
          const draft = { ...draftFor(choices, 'orders'), format, options: { [field.name]: text } };
          accepted(draft);
          const sent = createRequest(choices, draft).body.options[field.name] ?? field.byDefault;
          assert.equal(String(sent), text, `${format} ${field.name}`);
          values++;
        }
        if (field.kind === 'number') assert.deepEqual([optionValue(field, '12'), optionValue(field, 'x')], [12, 'x']);
      }
    }
    assert.ok(values > 30, `${values} values`);
  });

  it('keeps the values that another dataset and format support, and drops the rest', () => {
    const before: Draft = {
      ...draftFor(choices, 'orders'),
      format: 'XLSX',
      options: { timezone: 'Asia/Tokyo', compression: 'small', sheet_rows: '10' },
      email: 'ana@northwind.example',
      filters: { status: { values: ['paid'] } },
    };
    const parsed = accepted({ ...draftFor(choices, 'customers', before), format: 'JSON' });
    assert.deepEqual(
      [parsed.filters, parsed.options.timezone, parsed.options.compression, parsed.notify],
      [{}, 'Asia/Tokyo', 'none', { email: 'ana@northwind.example' }],
    );
    // A bundle can't be XLSX, and its archive is always compressed.
    const bundle = draftFor(choices, 'account', { ...before, options: { compression: 'gzip' } });
    assert.deepEqual([bundle.format, accepted(bundle).options.compression], ['CSV', 'none']);
  });

  it('requests email to the user, another address, or nobody; it keeps the address when the box is cleared', () => {
    const draft = draftFor(choices, 'orders');
    const other = { ...draft, email: ' ana@northwind.example ' };
    const webhook = { ...draft, sendsEmail: false, webhookUrl: 'https://example.com/hook' };
    assert.deepEqual(accepted(draft).notify, {});
    assert.deepEqual(accepted(other).notify, { email: 'ana@northwind.example' });
    assert.deepEqual(accepted({ ...other, sendsEmail: false }).notify, { email: false });
    assert.deepEqual(accepted(webhook).notify, { email: false, webhook_url: 'https://example.com/hook' });
    const cleared = draftFor(choices, 'customers', { ...other, sendsEmail: false });
    assert.deepEqual(accepted({ ...cleared, sendsEmail: true }).notify, { email: 'ana@northwind.example' });
  });

  it('requests an open date range with one date', () => {
    const requested = (date_range: FilterDraft): unknown =>
      accepted({ ...draftFor(choices, 'orders'), filters: { date_range } }).filters.date_range;
    assert.deepEqual(requested({ from: '2026-01-01', to: '' }), { from: '2026-01-01' });
    assert.deepEqual(requested({ to: '2026-01-31' }), { to: '2026-01-31' });
    assert.equal(requested({ from: '', to: '' }), undefined);
  });

  it('requests each sort that a dataset offers, and forgets it for another dataset', () => {
    for (const { name, sorts } of choices.datasets) {
      for (const sort of sorts.flatMap((column) => [column, `-${column}`])) {
        const draft = { ...draftFor(choices, name), sort };
        assert.equal(accepted(draft).sort, sort);
        assert.equal(accepted(draftFor(choices, 'account', draft)).sort, undefined);
      }
    }
    assert.ok(choices.datasets.some(({ sorts }) => sorts.length > 0));
    assert.equal(accepted(draftFor(choices, 'orders')).sort, undefined);
  });

  it('reports the problem that a request cannot express: no columns', () => {
    const { problems } = createRequest(choices, { ...draftFor(choices, 'orders'), columns: [] });
    assert.deepEqual(problems, [{ pointer: '/columns', detail: 'must have at least one column' }]);
  });
});
