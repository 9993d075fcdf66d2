import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  isRelativeRange,
  RELATIVE_RANGES,
  resolveRange,
  type RelativeRange,
} from '../../../shared/request/relative-range.js';
import { queryRows } from '../../support/database.js';
import { LONG } from '../../support/depth.js';
import { stack } from '../../support/stack.js';

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia'];

/** Moments when the clocks change in one of the zones, or when a year ends in one. */
const EDGES = [
  ...['2026-03-29T01:00:00Z', '2026-10-25T01:00:00Z', '2026-03-08T07:00:00Z', '2026-11-01T06:00:00Z'],
  ...['2026-04-04T15:00:00Z', '2026-10-03T15:30:00Z', '2025-12-31T23:00:00Z', '2026-01-01T00:00:00Z'],
  ...['2026-01-01T05:00:00Z', '2025-12-31T18:15:00Z', '2024-02-29T12:00:00Z', '2024-12-31T13:00:00Z'],
].map((text) => Date.parse(text));

const moment = fc.oneof(
  fc.tuple(fc.constantFrom(...EDGES), fc.constantFrom(-1000, -1, 0, 1, 1000)).map(([edge, near]) => edge + near),
  fc.integer({ min: Date.parse('2015-01-01'), max: Date.parse('2036-01-01') }),
);
const caseOf = fc.record({ at: moment, zone: fc.constantFrom(...ZONES), range: fc.constantFrom(...RELATIVE_RANGES) });

/** The same in PostgreSQL, as an independent implementation of calendars and timezones. `d` is the day's midnight. */
const SQL: Readonly<Record<RelativeRange, string>> = {
  today: "ARRAY[d, d + interval '1 day']",
  yesterday: "ARRAY[d - interval '1 day', d]",
  last_7_days: "ARRAY[d - interval '7 days', d]",
  last_30_days: "ARRAY[d - interval '30 days', d]",
  last_90_days: "ARRAY[d - interval '90 days', d]",
  last_365_days: "ARRAY[d - interval '365 days', d]",
  this_week: "ARRAY[date_trunc('week', d), date_trunc('week', d) + interval '1 week']",
  last_week: "ARRAY[date_trunc('week', d) - interval '1 week', date_trunc('week', d)]",
  this_month: "ARRAY[date_trunc('month', d), date_trunc('month', d) + interval '1 month']",
  last_month: "ARRAY[date_trunc('month', d) - interval '1 month', date_trunc('month', d)]",
  this_quarter: "ARRAY[date_trunc('quarter', d), date_trunc('quarter', d) + interval '3 months']",
  last_quarter: "ARRAY[date_trunc('quarter', d) - interval '3 months', date_trunc('quarter', d)]",
  this_year: "ARRAY[date_trunc('year', d), date_trunc('year', d) + interval '1 year']",
  last_year: "ARRAY[date_trunc('year', d) - interval '1 year', date_trunc('year', d)]",
};

describe('relative ranges', () => {
  it('match PostgreSQL at any moment, including clock changes and ends of years', async () => {
    const cases = fc.sample(caseOf, LONG ? 50_000 : 1000);
    const branches = RELATIVE_RANGES.map((range) => `WHEN '${range}' THEN ${SQL[range]}`).join(' ');
    const rows = await queryRows<{ bounds: string[] }>(
      stack().env.DATABASE_URL,
      `SELECT (CASE range ${branches} END)::date[]::text[] AS bounds
       FROM jsonb_to_recordset($1) AS c (n integer, at bigint, zone text, range text),
         date_trunc('day', to_timestamp(at / 1000.0) AT TIME ZONE zone) AS d ORDER BY n`,
      [JSON.stringify(cases.map((each, n) => ({ n, ...each })))],
    );
    for (const [index, { at, zone, range }] of cases.entries()) {
      const what = `${range} at ${new Date(at).toISOString()} in ${zone}`;
      assert.deepEqual(resolveRange(range, new Date(at), zone), rows[index]?.bounds, what);
    }
  });

  it('have names, and other names are rejected', () => {
    assert.ok(RELATIVE_RANGES.every(isRelativeRange));
    for (const name of ['tomorrow', '', 'toString', ['today'], null, 7]) assert.equal(isRelativeRange(name), false);
  });
});
