import assert from 'node:assert/strict';
import { createRegistry } from '../../../shared/datasets/index.js';
import { orders } from '../../../shared/datasets/orders.js';
import { checkExportRequest } from '../../../shared/request/request.js';
import { createRequestSchema } from '../../../shared/request/request-schema.js';

const registry = createRegistry([orders]);
const schema = createRequestSchema(registry);

/** The pointers of the problems of a request with these two headers. */
function problemsOf(format: string, headers: readonly [string, string], options: object = {}): string[] {
  const columns = ['id', 'total'].map((name, index) => ({ name, as: headers[index] }));
  const body = { type: 'orders', format, columns, options };
  const checked = checkExportRequest(body, schema, registry, { at: new Date() });
  return 'problems' in checked ? checked.problems.map(({ pointer }) => pointer) : [];
}

const BOTH = ['/columns/0/as', '/columns/1/as'];
/** Different headers that programs read as equal from a file. */
const ALIKE = [
  ['=a', "'=a"],
  ['x;=a', "x;'=a"],
  ['\ufeffa', 'a'],
  ['\ufeff=a', "'=a"],
] as const;

describe('two headers', () => {
  for (const headers of ALIKE) {
    it(`${JSON.stringify(headers)} are refused where the file's header row would have the same twice`, () => {
      for (const format of ['csv', 'tsv']) {
        assert.deepEqual(problemsOf(format, headers), BOTH, format);
        assert.deepEqual(problemsOf(format, headers, { header: false }), []);
        const isMark = headers[0].startsWith('\ufeffa');
        assert.deepEqual(problemsOf(format, headers, { escape_formulas: false }), isMark ? BOTH : [], format);
      }
      for (const format of ['json', 'ndjson', 'xlsx', 'pdf']) assert.deepEqual(problemsOf(format, headers), []);
    });
  }

  it('are refused if they are equal once they are quoted', () => {
    assert.deepEqual(problemsOf('csv', ['a,;=b', "a,;'=b"]), BOTH);
    assert.deepEqual(problemsOf('csv', ['a ;=b', "a ;'=b"], { quoting: 'all' }), BOTH);
  });

  it('may differ only in what the file keeps', () => {
    for (const headers of [
      ['a', "'a"],
      ['a"', "a'"],
      ['-a', '=a'],
    ] as const) {
      for (const format of ['csv', 'tsv']) assert.deepEqual(problemsOf(format, headers), [], headers.join());
    }
  });
});
