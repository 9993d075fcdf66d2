import type { ColumnType } from './define-dataset.js';
import { DATE, DECIMAL, DURATION, MAX_NUMBER, MAX_TEXT, TIME, TIMESTAMP } from './values.js';

/** The JSON Schema of what `valueProblem` accepts, as far as JSON Schema can express it. */
export function valueSchema(type: ColumnType): Readonly<Record<string, unknown>> {
  switch (type) {
    case 'smallint':
    case 'integer':
    case 'bigint':
      return { type: ['integer', 'string'], pattern: String.raw`^[+-]?\d{1,20}$` };
    case 'numeric': {
      const { MAX_SAFE_INTEGER: most } = Number;
      return {
        type: ['number', 'string'],
        pattern: DECIMAL.source,
        minimum: -most,
        maximum: most,
        maxLength: MAX_NUMBER,
      };
    }
    case 'real':
    case 'double precision':
      return { type: ['number', 'string'], pattern: DECIMAL.source, maxLength: MAX_NUMBER };
    case 'boolean':
      return { type: 'boolean' };
    case 'uuid':
      return { type: 'string', format: 'uuid' };
    case 'date':
      return { type: 'string', format: 'date', examples: ['2026-01-31'] };
    case 'time':
      return { type: 'string', pattern: TIME.source, examples: ['13:45:00'] };
    case 'timestamp':
      return { type: 'string', pattern: either(DATE, TIMESTAMP), examples: ['2026-01-31', '2026-01-31T13:45:00'] };
    case 'timestamptz':
      return { type: 'string', pattern: either(DATE, TIMESTAMP), examples: ['2026-01-31', '2026-01-31T13:45:00Z'] };
    case 'interval':
      return { type: 'string', pattern: DURATION.source, examples: ['P1DT12H'] };
    case 'inet':
      return { type: 'string', examples: ['2001:db8::/32'] };
    default:
      return { type: 'string', maxLength: MAX_TEXT };
  }
}

const either = (...patterns: readonly RegExp[]): string => patterns.map(({ source }) => `(?:${source})`).join('|');
