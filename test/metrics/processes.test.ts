import assert from 'node:assert/strict';
import { z } from 'zod';
import { ask } from '../support/ask.js';
import { describeDeeply } from '../support/depth.js';
import { until, untilEnded } from '../support/exports.js';
import { needProgram, orSkip } from '../support/or-skip.js';
import { startService, type TestService } from '../support/service.js';
import { mailsTo, someReader } from '../workflows/support.js';
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from './otlp-receiver.js';
import { startMeasured, type MeasuredProcess } from './processes.js';
import { promtool, textOf } from './promtool.js';
import { expressionsOf, metricsIn, sampleOf, type Metric } from './prometheus.js';

describeDeeply('an operator who monitors the processes', function () {
  // Starts two processes from source.
  this.timeout(120_000);
  const closers: (() => Promise<void> | void)[] = [];
  let service: TestService;
  let collector: OtlpReceiver;
  let api: MeasuredProcess;
  let worker: MeasuredProcess;
  let jobId: string;
  const user = someReader();
  let scrapes: { api: string; worker: string; sdk: string };

  before(async () => {
    [service, collector] = await Promise.all([startService(), startOtlpReceiver()]);
    closers.push(
      () => service.close(),
      () => {
        collector.close();
      },
    );
    const traced = {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '100',
      LOG_LEVEL: 'debug',
    };
    [api, worker] = await Promise.all([
      startMeasured(service, 'api', traced),
      startMeasured(service, 'worker', traced),
    ]);
    closers.push(
      () => api.stop(),
      () => worker.stop(),
    );

    const body = { type: 'orders', format: 'csv' };
    const answer = await ask(`${api.url}/v1/exports`, 'POST', service.env.JWT_SECRET ?? '', { as: user, body });
    assert.equal(answer.status, 202, answer.text);
    jobId = z.object({ job_id: z.string() }).parse(answer.json).job_id;
    await untilEnded(service, user, jobId);
    await until('a mail', async () => (await mailsTo(user)).length > 0);
    const delivered = 'export_notifications_total{channel="mail",outcome="delivered"} 1';
    await until('the metrics of the mail', async () => (await worker.scrape()).includes(delivered));
    const [ofApi, ofWorker, sdk] = await Promise.all([api.scrape(), worker.scrape(), worker.scrapeSdk()]);
    scrapes = { api: ofApi, worker: ofWorker, sdk };
  });
  after(async () => {
    for (const close of closers.reverse()) await close();
  });

  const everyMetric = (): Metric[] => Object.values(scrapes).flatMap(metricsIn);

  describe('with Prometheus', () => {
    it('gets metrics that promtool accepts', async function () {
      await orSkip(this, () => needProgram('promtool'));
      for (const text of Object.values(scrapes)) promtool(['check', 'metrics'], text);
    });

    it('sees how an export ended', () => {
      const rows = sampleOf(scrapes.worker, 'export_written_rows_total');
      assert.ok(rows > 1000);
      const one = { dataset: 'orders', format: 'CSV' };
      assert.ok(sampleOf(scrapes.worker, 'export_written_bytes_total', one) > 100 * rows);
      assert.equal(sampleOf(scrapes.worker, 'export_ended_total', { ...one, state: 'COMPLETED' }), 1);
      for (const phase of ['waiting', 'planning', 'exporting', 'finishing', 'publishing']) {
        assert.equal(sampleOf(scrapes.worker, 'export_phase_duration_seconds_count', { phase, format: 'CSV' }), 1);
      }
      assert.equal(sampleOf(scrapes.worker, 'export_slot_claims_total', { outcome: 'granted' }), 1);
      assert.equal(sampleOf(scrapes.api, 'export_admissions_total', { outcome: 'started' }), 1);
      const posted = { method: 'POST', route: '/v1/exports', status: '202' };
      assert.equal(sampleOf(scrapes.api, 'export_http_request_duration_seconds_count', posted), 1);
    });

    it('sees queues, workers, active exports, and the limit of database readers', () => {
      for (const state of ['QUEUED', 'PROCESSING']) assert.equal(sampleOf(scrapes.api, 'export_active', { state }), 0);
      for (const dependency of ['job_store', 'object_store', 'temporal']) {
        assert.equal(sampleOf(scrapes.api, 'export_dependency_up', { dependency }), 1);
      }
      const data = { queue: 'export-data', kind: 'activity' };
      assert.equal(sampleOf(scrapes.api, 'export_queue_workers', data), 1);
      assert.equal(sampleOf(scrapes.api, 'export_queue_backlog_tasks', data), 0);
      assert.equal(sampleOf(scrapes.worker, 'export_database_readers_limit'), 4);
      assert.equal(sampleOf(scrapes.worker, 'export_database_readers'), 0);
    });

    it('gets no user, tenant or job ids', () => {
      const text = Object.values(scrapes).join('\n');
      for (const id of [jobId, user.userId, user.tenantId, user.email]) assert.ok(!text.includes(id), id);
    });

    it('finds the metrics of the API on their own port, and none on the public one', async () => {
      assert.equal((await fetch(`${api.url}/metrics`)).status, 404);
    });

    it('has a dashboard and alerts that use only existing metrics and labels', async () => {
      const metrics = everyMetric();
      const names = new Set(metrics.flatMap(({ samples }) => samples));
      const labels = new Set([...metrics.flatMap((metric) => metric.labels), 'job', 'instance', 'le']);
      const files = ['ops/grafana/dashboard.json', 'ops/prometheus/alerts.yml'];
      const texts = await Promise.all(files.map(textOf));
      const used = texts.flatMap(expressionsOf);
      assert.ok(used.length > 30, `${used.length} expressions`);
      for (const { expression, metrics: metricNames, labels: by } of used) {
        for (const name of metricNames) assert.ok(name === 'up' || names.has(name), `${name} in ${expression}`);
        for (const label of by) assert.ok(labels.has(label), `${label} in ${expression}`);
      }
    });

    it('has a page that documents every metric of the service', async () => {
      const page = await textOf('docs/metrics.md');
      const rows = [...page.matchAll(/^\| `(export_\w+)` +\| (\w+) +\| ([^|]*?) *\| [^|]+ \| (.+?) *\|$/gm)];
      const told = rows.map(([, name, type, labels = '', help]) => ({
        name,
        type,
        labels: labels.replaceAll('`', ''),
        help,
      }));
      const own = new Map(
        everyMetric()
          .filter(({ name }) => name.startsWith('export_'))
          .map((metric) => [metric.name, metric]),
      );
      assert.deepEqual(told.map(({ name }) => name).toSorted(), [...own.keys()].toSorted());
      for (const { name = '', type, help } of told) {
        const metric = own.get(name);
        assert.deepEqual({ name, type, help }, { name, type: metric?.type, help: metric?.help });
      }
      for (const { name = '', labels } of told) {
        const seen = own.get(name)?.labels ?? [];
        // Events that haven't happened yet have no labels.
        if (seen.length > 0) assert.deepEqual(labels.split(', ').toSorted(), seen.toSorted(), name);
      }
    });
  });

  it('sees the request, its workflow, its activities and the mail in one trace', async () => {
    const spanOf = (name: string): ReceivedSpan | undefined => collector.spans.find((span) => span.name === name);
    // An export of few rows, so the plan also writes the file.
    const steps = ['claimSlot', 'planAndWriteIfSmall', 'finishUpload', 'publishExport', 'sendEmail'];
    const expected = [
      'POST /v1/exports',
      'RunWorkflow:exportWorkflow',
      ...steps.map((step) => `RunActivity:${step}`),
      'RunWorkflow:notificationWorkflow',
    ];
    await until('every span', () => Promise.resolve(expected.every((name) => spanOf(name) !== undefined)), 10_000);
    const request = spanOf('POST /v1/exports');
    assert.deepEqual([request?.service, request?.parentSpanId], ['export-api', '']);
    assert.equal(request?.attributes['export.job_id'], jobId);
    for (const name of expected) assert.equal(spanOf(name)?.traceId, request.traceId, name);
    // Each span descends from the request.
    const byId = new Map(collector.spans.map((span) => [span.spanId, span]));
    for (const name of expected) {
      let span = spanOf(name);
      while (span !== undefined && span.parentSpanId !== '') span = byId.get(span.parentSpanId);
      assert.equal(span?.name, 'POST /v1/exports', name);
    }
  });

  it('finds every log line about a job by its id', () => {
    for (const { program } of [api, worker]) {
      const about = program
        .stdout()
        .split('\n')
        .filter((line) => line.includes(jobId));
      assert.notEqual(about.length, 0);
      for (const line of about) {
        const { job_id: id } = z.looseObject({ job_id: z.string().optional() }).parse(JSON.parse(line));
        assert.equal(id, jobId, line);
      }
    }
  });
});
