import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import type { Score } from '../../bench/race.js';
import {
  verdictsOfCsv,
  verdictsOfGzip,
  verdictsOfJson,
  verdictsOfRowLane,
  verdictsOfScale,
  verdictsOfSort,
} from '../../bench/verdicts.js';

/** A contestant with turns of these durations in seconds, and memory in megabytes. */
function score(name: string, seconds: readonly number[], megabytes = 300): Score {
  const reading = { seconds: 1, cpu: {}, otherCpu: 0, peakMemory: {} };
  const turn = { clientCpu: 1, peakMemory: megabytes * 1e6, reading, key: '', bytes: 1 };
  return {
    contestant: { name, title: name, store: 's3' },
    turns: seconds.map((value) => ({ ...turn, seconds: value })),
    disturbed: [],
  };
}

const shown = (verdicts: ReturnType<typeof verdictsOfJson>): unknown[] =>
  verdicts.map(({ what, figure, target, met }) => [what, figure, target, met]);

describe('the benchmark’s promises', () => {
  it('compare medians of time, and the worst memory of the service alone', () => {
    const theirs = score('psql-json', [1, 2, 100], 900);
    assert.deepEqual(shown(verdictsOfJson([score('ours', [2, 2.2, 9]), theirs])), [
      ['time compared with psql row_to_json | rclone', 1.1, 1.1, true],
      ['worker peak memory, worst', 300, 400, true],
    ]);
    assert.deepEqual(
      verdictsOfJson([score('ours', [2.3], 401), theirs]).map(({ met }) => met),
      [false, false],
    );
  });

  it('allow CSV 1.1 times the bound of any client to the store, and 1.25 times to the sink', () => {
    const cores = availableParallelism();
    const withCpu = (name: string, seconds: readonly number[], store: number): Score => {
      const { turns, ...rest } = score(name, seconds);
      const cpu = { postgres: 16 * cores, store: store * cores };
      return { ...rest, turns: turns.map((turn) => ({ ...turn, reading: { ...turn.reading, cpu } })) };
    };
    const verdicts = verdictsOfCsv([withCpu('ours', [44, 30, 90], 24), withCpu('ours-sink', [24], 0)], 10_000_000);
    assert.deepEqual(shown(verdicts).slice(0, 2), [
      ["time compared with (PostgreSQL's + store's CPU) ÷ cores, to the store", 1.1, 1.1, true],
      ["time compared with (PostgreSQL's + store's CPU) ÷ cores, to the sink", 1.5, 1.25, false],
    ]);
  });

  it('allow 1.5 times as long for gzip, and 10.5 times for ten times the rows', () => {
    const [gzip] = verdictsOfGzip([score('ours-plain', [2]), score('ours', [3.1])]);
    assert.deepEqual([gzip?.target, gzip?.met], [1.5, false]);
    const [scale] = verdictsOfScale([score('ours-tenth', [2]), score('ours', [21])]);
    assert.deepEqual([scale?.figure, scale?.target, scale?.met], [10.5, 10.5, true]);
  });

  it('allow 1.2 times as long for a sorted export', () => {
    const [sorted] = verdictsOfSort([score('ours', [10]), score('ours-stored', [12]), score('ours-scattered', [40])]);
    assert.deepEqual([sorted?.figure, sorted?.met], [1.2, true]);
  });

  it('are not judged for contestants that did not run', () => {
    const others = [score('ours-text', [1]), score('textbook', [10])];
    assert.deepEqual(
      verdictsOfRowLane(others).map(({ what }) => what),
      ['worker peak memory, worst'],
    );
    assert.deepEqual(shown(verdictsOfRowLane([score('ours', [3.5]), ...others])).slice(0, 2), [
      ['time compared with the textbook', 0.35, 0.7, true],
      ['time compared with the text lane', 3.5, 3, false],
    ]);
  });
});
