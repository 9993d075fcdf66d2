import assert from 'node:assert/strict';
import { parseOptions } from '../../bench/options.js';

describe('npm run bench', () => {
  it('measures a million rows, three times, as CSV, and latency, unless told otherwise', () => {
    const usual = {
      rows: 1_000_000,
      rounds: 3,
      segmentsInFlight: 2,
      only: ['csv', 'latency'],
      cpuProfile: false,
      shards: [2, 512],
    };
    assert.deepEqual(parseOptions([]), usual);
    assert.deepEqual(
      parseOptions(['--rows', '5', '--rounds', '1', '--in-flight', '4', '--only', 'latency', '--cpu-prof']),
      {
        rows: 5,
        rounds: 1,
        segmentsInFlight: 4,
        only: ['latency'],
        cpuProfile: true,
        shards: [2, 512],
      },
    );
  });

  it('measures the named rows, in its own order, or all', () => {
    assert.deepEqual(parseOptions(['--only', 'latency,json']).only, ['json', 'latency']);
    assert.deepEqual(parseOptions(['--only', 'all']).only, [
      'csv',
      'json',
      'gzip',
      'rowlane',
      'scale',
      'sort',
      'preview',
      'latency',
      'load',
      'fairness',
      'cluster',
      'xlsx',
      'xlsx-export',
      'pdf',
      'pdf-export',
      'parquet',
    ]);
  });

  it('reports invalid options', () => {
    assert.throws(() => parseOptions(['--rows', 'many']), /--rows must be a whole number/);
    assert.throws(() => parseOptions(['--rounds', '0']), /--rounds must be a whole number of at least 1, not '0'/);
    const names =
      'all or some of csv,json,gzip,rowlane,scale,sort,preview,latency,load,fairness,cluster,xlsx,xlsx-export,pdf,pdf-export,parquet';
    for (const only of ['html', 'csv,html', 'csv,csv', '', 'csv,all']) {
      assert.throws(() => parseOptions(['--only', only]), { message: `--only must be ${names}, not '${only}'.` });
    }
  });
});
