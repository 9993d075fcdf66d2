import assert from 'node:assert/strict';
import { exportName } from '../../../shared/request/line-schema.js';
import { definitionSchema } from '../../../shared/schedules/definition.js';

const UNPRINTABLE = ['a\nb', 'a\u0007', 'a\u2028b', 'invoice\u202egnp.exe', 'a\u2066b'];

describe('the name', () => {
  it('of a schedule or an export is one line without characters that change the direction of text', () => {
    const { name: scheduleName } = definitionSchema.shape;
    for (const schema of [scheduleName, exportName]) {
      for (const name of [...UNPRINTABLE, '', ' ']) assert.equal(schema.safeParse(name).success, false, name);
      for (const name of ['Rechnungen, Q3', 'חשבוניות 2026', '請求書']) assert.equal(schema.parse(name), name);
    }
  });
});
