import assert from 'node:assert/strict';
import type { ExportRequest, FilterValue } from '../../../shared/contract.js';
import { checkDataset, defineDataset, type Dataset } from '../../../shared/datasets/define-dataset.js';
import { freezeQuery, segmentSql } from '../../../shared/datasets/query.js';
import { ownedBy } from '../../../shared/datasets/owned-rows.js';
import { ownedByTenant } from '../../support/owned.js';

const TENANT = '0a1d1f2e-4c6b-4f0e-9d57-3f0a6c1b7e01';
const USER = '0a1d1f2e-4c6b-4f0e-9d57-3f0a6c1b7e02';

const events = defineDataset({
  ...{ name: 'events', title: 'Events', table: 'events', key: ['id'], tenantColumn: `tenant'"id` },
  columns: { id: { type: 'bigint' }, at: { type: 'timestamptz' }, wall: { type: 'timestamp' } },
  filters: {
    is: { kind: 'equals', column: 'id' },
    none: { kind: 'is_null', column: 'at' },
    days: { kind: 'date_range', column: 'at' },
    walls: { kind: 'date_range', column: 'wall' },
  },
});

const request = (
  filters: Record<string, FilterValue>,
  columns: readonly string[] = ['id'],
  options: ExportRequest['options'] = {},
): ExportRequest => ({ type: 'events', format: 'CSV', columns: [...columns], filters, options, notify: {} });

const UUIDS = new Map(
  [`tenant'"id`, `user'"id`].map((name) => [name, { name, base: 'uuid', labels: null, isExact: true }]),
);
const asIs = (quoted: string): string => quoted;
const freeze = (exportRequest: ExportRequest, dataset: Dataset = events) =>
  freezeQuery(dataset, exportRequest, ownedByTenant(dataset, TENANT), asIs);

describe('the text of a query', () => {
  it('for one user is limited to the tenant and the user', () => {
    const owned = checkDataset({ ...events, userColumn: `user'"id` });
    const { select } = freezeQuery(owned, request({}), ownedBy(owned, { tenantId: TENANT, userId: USER }, UUIDS), asIs);
    const [, where = ''] = select.split(' WHERE ');
    assert.equal(where, `"tenant'""id" = '${TENANT}' AND "user'""id" = '${USER}'`);
    assert.throws(
      () => ownedBy(events, { tenantId: TENANT, userId: USER }, UUIDS),
      new RangeError('events has no user column'),
    );
  });

  it('keeps the name of a rendered column, and leaves other columns unchanged', () => {
    const render = (quoted: string): string => (quoted === '"at"' ? `to_json(${quoted})` : quoted);
    const { select } = freezeQuery(events, request({}, ['at', 'id']), ownedByTenant(events, TENANT), render, {
      inputs: ['wall'],
    });
    assert.ok(select.startsWith('SELECT to_json("at") AS "at", "id", "wall" FROM '), select);
  });

  it('tests for null in a form that can use an index', () => {
    assert.match(freeze(request({ none: true })).from, / AND "at" IS NULL$/);
    assert.match(freeze(request({ none: false })).from, / AND "at" IS NOT NULL$/);
  });

  it('interprets a day in the timezone of the export, and keeps a time with an offset as it is', () => {
    const days = ['2026-03-29', '2026-03-29T12:00:00Z'];
    const { from } = freeze(request({ days }, ['at'], { timezone: 'Europe/Berlin' }));
    assert.match(
      from,
      /"at" >= \('2026-03-29'::timestamp AT TIME ZONE 'Europe\/Berlin'\) AND "at" < '2026-03-29T12:00:00Z'$/,
    );
    assert.match(freeze(request({ days })).from, /"at" >= \('2026-03-29'::timestamp AT TIME ZONE 'UTC'\) AND /);
  });

  it('keeps a day as it is if the column has no timezone', () => {
    const { from } = freeze(request({ walls: ['2026-03-29', '2026-03-30'] }, ['id'], { timezone: 'Europe/Berlin' }));
    assert.match(from, / AND "wall" >= '2026-03-29' AND "wall" < '2026-03-30'$/);
  });

  it('ends an inclusive range at the next midnight in the timezone of the export', () => {
    const range = { from: '2026-03-01', to: '2026-03-31' };
    const { from } = freeze(request({ days: range }, ['at'], { timezone: 'Europe/Berlin' }));
    const end = `('2026-03-31'::timestamp + interval '1 day') AT TIME ZONE 'Europe/Berlin'`;
    assert.ok(
      from.endsWith(` AND "at" >= ('2026-03-01'::timestamp AT TIME ZONE 'Europe/Berlin') AND "at" < (${end})`),
      from,
    );
    const walls = freeze(request({ walls: { to: '2026-03-31' } })).from;
    assert.match(walls, / AND "wall" < \('2026-03-31'::timestamp \+ interval '1 day'\)$/);
    assert.throws(() => freeze(request({ days: {} })), new RangeError('a date_range has a first or a last day'));
  });

  it('cannot be built for a column or a filter that the dataset does not have', () => {
    assert.throws(() => freeze(request({}, ['password'])), /has no column password/);
    const { filters: _, ...unfiltered } = events;
    const columnless: Dataset = { ...events, columns: { at: { type: 'timestamptz' } } };
    for (const dataset of [unfiltered, columnless]) {
      assert.throws(() => freeze(request({ is: '1' }, ['at']), dataset), new RangeError('events has no filter is'));
    }
  });

  it('cannot be built for half a range of dates', () => {
    for (const days of [[], ['2026-01-31']]) {
      assert.throws(() => freeze(request({ days })), new RangeError('a date_range has two dates'));
    }
  });

  it('ends an inclusive range of dates with its last day', () => {
    const dated: Dataset = { ...events, columns: { ...events.columns, wall: { type: 'date' } } };
    assert.match(freeze(request({ walls: { to: '2026-03-31' } }), dated).from, / AND "wall" <= '2026-03-31'$/);
  });

  it('has a condition even for a dataset without a tenant and a request without filters', () => {
    const { from } = freezeQuery(events, request({}), [], asIs);
    assert.equal(from, 'FROM "events" AS t WHERE true');
  });

  it('reads the inputs of a computed column, but not the column itself', () => {
    const loud = { type: 'text', from: ['wall'], compute: () => 'x' } as const;
    const { select } = freezeQuery(
      { ...events, computed: { loud } },
      request({}, ['id', 'loud']),
      ownedByTenant(events, TENANT),
      asIs,
      { inputs: ['wall'] },
    );
    assert.ok(select.startsWith('SELECT "id", "wall" FROM '), select);
  });

  it('renders a masked column as the type that its mask makes of it', () => {
    const masked: Dataset = { ...events, columns: { ...events.columns, wall: { type: 'timestamp', mask: 'year' } } };
    const types: string[] = [];
    freezeQuery(masked, request({}, ['id', 'wall']), ownedByTenant(masked, TENANT), (quoted, { type }) => {
      types.push(type);
      return quoted;
    });
    assert.deepEqual(types, ['bigint', 'integer']);
  });

  it('cannot be built for rights that were not checked, or with values that the caller may see only masked', () => {
    const permission = 'true';
    const unchecked = new RangeError('events has not been restricted to its caller');
    const limited: Dataset = {
      ...events,
      columns: { ...events.columns, wall: { type: 'timestamp', permission } },
      computed: { loud: { type: 'text', from: [], compute: () => 'x', permission } },
    };
    for (const column of ['wall', 'loud']) assert.throws(() => freeze(request({}, [column]), limited), unchecked);
    assert.throws(() => freeze(request({ walls: { to: '2026-03-31' } }), limited), unchecked);

    const masked: Dataset = { ...events, columns: { ...events.columns, wall: { type: 'timestamp', mask: 'year' } } };
    assert.throws(
      () => freeze(request({ walls: { to: '2026-03-31' } }), masked),
      new RangeError('walls filters masked values'),
    );
    assert.throws(
      () => freezeQuery(masked, request({}), ownedByTenant(masked, TENANT), asIs, { inputs: ['wall'] }),
      new RangeError('events masks column wall'),
    );
  });

  it('for a segment has both of its bounds, once for a key of one column', () => {
    const sql = segmentSql(freeze(request({})), ['5'], ['9']);
    assert.ok(sql.endsWith(` AND (t."id") > ('5') AND (t."id") <= ('9') ORDER BY t."id"`), sql);
    assert.ok(segmentSql(freeze(request({})), null, ['9']).endsWith(` AND (t."id") <= ('9') ORDER BY t."id"`));
  });
});
