import assert from 'node:assert/strict';
import { findInProgress, type ProgressSample } from '../../bench/progress-watch.js';

const exporting = (at: number, rowsExported: number, progress = 0): ProgressSample => ({
  at,
  phase: 'exporting',
  progress,
  rowsExported,
});

describe("the benchmark's check of progress", () => {
  it('finds nothing when every response shows progress', () => {
    const found = findInProgress([exporting(0, 0), exporting(250, 10), exporting(500, 20)]);
    assert.deepEqual(found, { samples: 3, stepsBack: 0, longestStill: 250, phases: { exporting: 500 } });
  });

  it('counts responses that show less than the one before', () => {
    const samples = [exporting(0, 10, 3), exporting(250, 9, 3), exporting(500, 12, 2), exporting(750, 13, 2)];
    assert.equal(findInProgress(samples).stepsBack, 2);
  });

  it('reports the longest time without progress, even if it lasts until the last segment ends', () => {
    const samples = [
      exporting(0, 0),
      exporting(250, 10),
      exporting(500, 10),
      exporting(1000, 10),
      { ...exporting(1600, 10), phase: 'finishing' as const },
    ];
    assert.equal(findInProgress(samples).longestStill, 1350);
  });

  it('ignores a standstill while rows are counted or the file is joined', () => {
    const samples: ProgressSample[] = [
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

  it('finds nothing without samples', () => {
    assert.deepEqual(findInProgress([]), { samples: 0, stepsBack: 0, longestStill: 0, phases: {} });
  });
});
