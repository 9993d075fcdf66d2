import assert from 'node:assert/strict';
import { parseOptions } from '../../bench/options.js';

describe('npm run bench', () => {
  it('measures a million rows, three times, and everything, unless told otherwise', () => {
    const everything = { rows: 1_000_000, rounds: 3, only: ['csv', 'latency'], cpuProfile: false };
    assert.deepEqual(parseOptions([]), everything);
    assert.deepEqual(parseOptions(['--rows', '5', '--rounds', '1', '--only', 'latency', '--cpu-prof']), {
      rows: 5,
      rounds: 1,
      only: ['latency'],
      cpuProfile: true,
    });
  });

  it('says what is wrong with an option', () => {
    assert.throws(() => parseOptions(['--rows', 'many']), /--rows must be a whole number/);
    assert.throws(() => parseOptions(['--rounds', '0']), /--rounds must be a whole number of at least 1, not '0'/);
    assert.throws(() => parseOptions(['--only', 'pdf']), /--only must be csv or latency, not 'pdf'/);
  });
});
