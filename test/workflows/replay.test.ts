import { Worker, type ReplayResult } from '@temporalio/worker';
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { Registry } from '@prometheus-io/client';
import { WorkerMetrics } from '../../shared/process/worker-metrics.js';
import { metricSinks } from '../../worker/metric-sinks.js';
import { VARIANTS, workflowBundleFile, type Variant } from '../../worker/workflow-bundle.js';
import { HISTORIES, historyFromText } from './history-file.js';
import { deeply } from '../support/depth.js';
import { openWorkerLog } from '../support/runtime.js';

/** Small enough to read and review; a longer history means that exports make more calls. */
const MAX_BYTES = 200 * 1024;

const PLAIN: Variant = { traced: false, encrypted: false };

/** Replays recorded histories (`record-histories.ts`) against the current code. */
describe('workflows', () => {
  let recorded: Map<string, string>;

  before(async () => {
    openWorkerLog();
    const names = (await readdir(HISTORIES)).filter((name) => name.endsWith('.json'));
    const texts = names.map(async (name) => [name, await readFile(new URL(name, HISTORIES), 'utf8')] as const);
    recorded = new Map(await Promise.all(texts));
  });

  async function replay(histories: ReadonlyMap<string, string>, variant = PLAIN): Promise<ReplayResult[]> {
    const workflowBundle = { codePath: await workflowBundleFile(variant) };
    // Silence the logger: a replay repeats old messages.
    const sinks = {
      ...metricSinks(new WorkerMetrics(new Registry())),
      exporter: { export: { fn: () => undefined } },
    };
    const items = [...histories].map(([workflowId, text]) => ({ workflowId, history: historyFromText(text) }));
    const results: ReplayResult[] = [];
    for await (const result of Worker.runReplayHistories({ workflowBundle, sinks }, items)) results.push(result);
    return results;
  }

  for (const variant of VARIANTS) {
    const test = variant.traced || variant.encrypted ? deeply : it;
    test(`continue from the recorded histories: ${JSON.stringify(variant)}`, async () => {
      assert(recorded.size >= 6, `${recorded.size} histories`);
      for (const [name, text] of recorded) assert(text.length < MAX_BYTES, `${name}: ${text.length} bytes`);
      for (const { workflowId, error } of await replay(recorded, variant)) assert.equal(error, undefined, workflowId);
    });
  }

  it('reject an incompatible history, which proves that these tests can fail', async () => {
    const name = 'export-completed.json';
    const altered = (recorded.get(name) ?? '').replaceAll('"name":"finishUpload"', '"name":"finishDownload"');
    assert.notEqual(altered, recorded.get(name));
    const [result] = await replay(new Map([[name, altered]]));
    assert.equal(result?.error?.name, 'DeterminismViolationError');
  });
});
