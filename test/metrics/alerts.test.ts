import assert from 'node:assert/strict';
import { Registry } from '@prometheus-io/client';
import { ApiMetrics } from '../../api/health/metrics.js';
import { WorkerMetrics } from '../../shared/process/worker-metrics.js';
import { needProgram, orSkip } from '../support/or-skip.js';
import { sampleOf } from './prometheus.js';
import { promtool, textOf } from './promtool.js';

const RULES = 'ops/prometheus/alerts.yml';

describe('Prometheus alerts', () => {
  let rules: string;
  let names: string[];

  before(async () => {
    rules = await textOf(RULES);
    names = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name);
    assert.ok(names.length >= 10);
  });

  it('have rules and a configuration that Prometheus accepts', async function () {
    await orSkip(this, () => needProgram('promtool'));
    promtool(['check', 'rules', RULES]);
    promtool(['check', 'config', 'ops/prometheus/prometheus.yml']);
  });

  it('fire when they should and only then, with the documented message', async function () {
    const tests = await textOf('ops/prometheus/alerts.test.yml');
    for (const name of names) {
      assert.match(tests, new RegExp(`alertname: ${name}\\n.*\\n +exp_alerts:\\n +- exp_labels`), `${name} fires`);
    }
    await orSkip(this, () => needProgram('promtool'));
    promtool(['test', 'rules', 'ops/prometheus/alerts.test.yml']);
  });

  it('about first occurrences use counters that start at zero; otherwise there would be no increase', async () => {
    const registry = new Registry();
    new ApiMetrics(registry);
    new WorkerMetrics(registry);
    const started = await registry.metrics();
    const counters = [...rules.matchAll(/increase\((\w+)(?:\{(.*?)\})?\[/g)].filter(
      // Only used as a divisor: a few more or less don't change the ratio.
      ([, name]) => name !== 'export_ended_total',
    );
    assert.ok(counters.length >= 4);
    for (const [, name = '', matchers = ''] of counters) {
      const labels: Record<string, string> = {};
      for (const [, label = '', value = ''] of matchers.matchAll(/(\w+)="(\w+)"/g)) labels[label] = value;
      assert.equal(sampleOf(started, name, labels), 0, name);
    }
    assert.equal(sampleOf(started, 'export_failures_total', { code: 'OTHER' }), 0);
  });

  it('are each documented in a paragraph that says what to do', async () => {
    const page = await textOf('docs/metrics.md');
    const runbooks = [...rules.matchAll(/runbook_url: (\S+)/g)].map(([, runbook]) => runbook);
    assert.deepEqual(
      runbooks,
      names.map((name) => `docs/metrics.md#${name.toLowerCase()}`),
    );
    for (const name of names) assert.ok(page.includes(`\n### ${name}\n`), name);
  });
});
