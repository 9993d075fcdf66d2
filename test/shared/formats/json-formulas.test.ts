import assert from 'node:assert/strict';
import fc from 'fast-check';
import { escapeJson, escapeJsonSql } from '../../../shared/formats/formulas/json.js';
import { queryRows } from '../../support/database.js';
import { stack } from '../../support/stack.js';

const UNITS = [
  '=',
  '+',
  '-',
  '@',
  '＝',
  ',',
  ';',
  '|',
  ' ',
  '"',
  '\\',
  '\t',
  '\n',
  '[',
  '{',
  '5',
  'a',
  ',-5',
  ';=',
  ' =',
];
const string = fc.string({ unit: fc.constantFrom(...UNITS), maxLength: 8 });
const leaf = fc.oneof(string, fc.integer(), fc.constant(-5), fc.constant(null), fc.boolean());
const { document } = fc.letrec((tie) => ({
  document: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('document'), { maxLength: 4 }),
    fc.dictionary(string, tie('document'), { maxKeys: 3 }),
  ),
}));
/** As clients send it: on one line or several. */
const json = fc
  .tuple(document, fc.constantFrom('', ' ', '\t'))
  .map(([value, indent]) => JSON.stringify(value, null, indent));

/** A formula wherever a program might split the document. */
const FORMULA = /(?:^|[,;|\t\r\n])"{0,4}(?:[=@＝+]|-(?!\d+(?:[,\]}\s]|$)))/;

describe('a JSON document in a CSV or TSV file', () => {
  it('contains no formula, and still parses to the same value', () => {
    fc.assert(
      fc.property(json, (text) => {
        const written = escapeJson(text);
        assert.deepEqual(JSON.parse(written), JSON.parse(text));
        assert.doesNotMatch(written, FORMULA);
      }),
      { numRuns: 2000 },
    );
  });

  it('is the same from PostgreSQL and from the row lane', async () => {
    const texts = fc.sample(json, 1000);
    const rows = await queryRows<{ written: string }>(
      stack().env.DATABASE_URL,
      `SELECT ${escapeJsonSql('text')} AS written FROM unnest($1::text[]) WITH ORDINALITY AS t (text, position) ORDER BY position`,
      [texts],
    );
    assert.deepEqual(
      rows.map(({ written }) => written),
      texts.map(escapeJson),
    );
  });
});
