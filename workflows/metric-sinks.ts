import { proxySinks, type Sinks } from '@temporalio/workflow';
import type { ExportRequest, ExportStatus, Phase, ShownStatus } from '../shared/contract.js';

/** Calls from workflows to their worker's metrics. They leave no events in a history, and a replay doesn't repeat them. */
export interface MetricSinks extends Sinks {
  readonly exportMetrics: {
    phaseEnded(phase: Phase, format: string, seconds: number): void;
    exportEnded(kind: { readonly dataset: string; readonly format: string }, status: ExportStatus): void;
  };
}

const { exportMetrics } = proxySinks<MetricSinks>();

/** Measures one export by its workflow's clock. */
export class ExportMeter {
  private phase: Phase | null = null;
  private since = 0;

  constructor(private readonly request: ExportRequest) {}

  enter(phase: Phase | null): void {
    const now = Date.now();
    if (this.phase !== null) exportMetrics.phaseEnded(this.phase, this.request.format, (now - this.since) / 1000);
    this.phase = phase === 'done' ? null : phase;
    this.since = now;
  }

  /** Counts the end of the export, which also ends its phase. */
  became(status: ShownStatus): void {
    if (status !== 'COMPLETED' && status !== 'FAILED' && status !== 'CANCELLED') return;
    this.enter(null);
    exportMetrics.exportEnded({ dataset: this.request.type, format: this.request.format }, status);
  }
}
