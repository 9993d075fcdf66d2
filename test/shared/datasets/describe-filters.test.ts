import assert from 'node:assert/strict';
import type { DayRange } from '../../../shared/contract.js';
import { customers } from '../../../shared/datasets/customers.js';
import { describeFilters, describeRows } from '../../../shared/datasets/describe-filters.js';
import { orders } from '../../../shared/datasets/orders.js';

describe('the rows of an export in words', () => {
  it('name the filters, or all rows, and the sort', () => {
    const rows = (sort?: string, filters = {}) =>
      describeRows(orders, { columns: ['id'], filters, ...(sort === undefined ? {} : { sort }) }).join(' · ');
    assert.equal(rows(), 'All rows');
    assert.equal(rows('-placed_at'), 'All rows · Sorted by Placed at, newest first');
    assert.equal(rows('placed_at', { status: ['paid'] }), 'Status: paid · Sorted by Placed at, oldest first');
    assert.equal(rows('customer_id'), 'All rows · Sorted by Customer ID, lowest first');
  });

  it("call columns by the request's headers", () => {
    const columns = ['id', { name: 'placed_at', as: 'Bestellt' }, { name: 'status', as: 'Stand' }];
    const rows = describeRows(orders, {
      columns,
      filters: { status: ['paid'], total: { gte: 10 } },
      sort: '-placed_at',
    });
    assert.deepEqual(rows, ['Stand: paid', 'Total: at least 10', 'Sorted by Bestellt, newest first']);
  });
});

describe('filters in words', () => {
  const days = (from: string, to: string): string[] => describeFilters(orders, { date_range: [from, to] });

  it('name the first and the last day of a range', () => {
    assert.deepEqual(days('2026-03-01', '2026-04-01'), ['Placed at: 1–31 March 2026']);
    assert.deepEqual(days('2026-01-15', '2026-04-01'), ['Placed at: 15 January – 31 March 2026']);
    assert.deepEqual(days('2025-12-24', '2026-01-07'), ['Placed at: 24 December 2025 – 6 January 2026']);
    assert.deepEqual(days('2024-02-29', '2024-03-01'), ['Placed at: 29 February 2024']);
  });

  it('name the last day of an inclusive range, and the only bound of an open one', () => {
    const named = (range: DayRange): string[] => describeFilters(orders, { date_range: range });
    assert.deepEqual(named({ from: '2026-03-01', to: '2026-03-31' }), ['Placed at: 1–31 March 2026']);
    assert.deepEqual(named({ from: '2026-03-31', to: '2026-03-31' }), ['Placed at: 31 March 2026']);
    assert.deepEqual(named({ from: '2026-03-01' }), ['Placed at: from 1 March 2026']);
    assert.deepEqual(named({ to: '2026-03-31' }), ['Placed at: through 31 March 2026']);
    assert.deepEqual(named({ from: '2026-03-01T10:30:00+02:00', to: '2026-03-31' }), [
      'Placed at: 1 March 2026, 10:30:00 UTC+02:00 – 31 March 2026',
    ]);
  });

  it('show times with their timezone', () => {
    assert.deepEqual(days('2026-03-01T10:00:00Z', '2026-04-01'), [
      'Placed at: 1 March 2026, 10:00:00 UTC – 31 March 2026',
    ]);
    assert.deepEqual(days('2026-03-01', '2026-04-01 10:00'), ['Placed at: 1 March 2026 – 1 April 2026, 10:00']);
  });

  it('say "at least" for numbers and "from" for dates', () => {
    const filters = {
      vip: true,
      credit_limit: { gte: '10', lt: '20' },
      born_on: { gte: '1970-01-01' },
    };
    assert.deepEqual(describeFilters(customers, filters), [
      `${customers.columns.vip?.label ?? 'vip'}: yes`,
      `${customers.columns.credit_limit?.label ?? ''}: at least 10, less than 20`,
      `${customers.columns.born_on?.label ?? ''}: from 1 January 1970`,
    ]);
  });
});
