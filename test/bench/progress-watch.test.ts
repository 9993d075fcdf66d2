import assert from 'node:assert/strict';
import { findInProgress, type Sample } from '../../bench/progress-watch.js';

const exporting = (at: number, rowsExported: number, progress = 0): Sample => ({
  at,
  phase: 'exporting',
  progress,
  rowsExported,
});

describe('what the benchmark finds in progress', () => {
  it('is nothing when every answer has moved', () => {
    const found = findInProgress([exporting(0, 0), exporting(250, 10), exporting(500, 20)]);
    assert.deepEqual(found, { samples: 3, stepsBack: 0, longestStill: 250, phases: { exporting: 500 } });
  });

  it('counts answers that show less than the one before', () => {
    const samples = [exporting(0, 10, 3), exporting(250, 9, 3), exporting(500, 12, 2), exporting(750, 13, 2)];
    assert.equal(findInProgress(samples).stepsBack, 2);
  });

  it('takes the longest time without a movement, also one that the end of the segments ends', () => {
    const samples = [
      exporting(0, 0),
      exporting(250, 10),
      exporting(500, 10),
      exporting(1000, 10),
      { ...exporting(1600, 10), phase: 'finishing' as const },
    ];
    assert.equal(findInProgress(samples).longestStill, 1350);
  });

  it('does not mind that nothing moves while rows are counted or the file is joined', () => {
    const samples: Sample[] = [
      { ...exporting(0, 0), phase: 'planning' },
      { ...exporting(9000, 0), phase: 'planning' },
      exporting(9250, 10),
      { ...exporting(9500, 20), phase: 'finishing' },
      { ...exporting(20_000, 20), phase: 'finishing' },
    ];
    const { longestStill, phases } = findInProgress(samples);
    assert.equal(longestStill, 250);
    assert.deepEqual(phases, { planning: 9250, exporting: 250, finishing: 10_500 });
  });

  it('is nothing when nobody has looked', () => {
    assert.deepEqual(findInProgress([]), { samples: 0, stepsBack: 0, longestStill: 0, phases: {} });
  });
});
