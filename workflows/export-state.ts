import { setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import { percentOf, type ExportRequest, type Phase, type ShownStatus } from '../shared/contract.js';
import type { ExportProgress } from '../shared/temporal/inputs.js';
import { EXPORT_ROWS, EXPORT_STATE } from '../shared/temporal/search-attributes.js';
import { ExportMeter } from './metric-sinks.js';
import { progressQuery, slotGrantedSignal } from '../shared/temporal/messages.js';

/** A rate over less than a second is meaningless. */
const RATE_AFTER_MS = 1000;

/** The workflow learns only how an activity ended; only the server knows its failed attempts. */
const SEE_PENDING = '  \nattempts and last failure: Pending Activities';

/** The progress of an export, for the `progress` query and Temporal's UI. */
export class ExportState {
  /** Set by the semaphore's signal; cleared before each claim. */
  slotGranted = false;
  private phase: Phase = 'waiting';
  private totalRows: number | null = null;
  private segments: number | null = null;
  private readonly committed = new Map<number, number>();
  private shown: ShownStatus = 'QUEUED';
  /** Why it failed: the error code in the row. */
  private errorCode = '';
  private enteredAt = 0;
  private plannedAt = 0;
  private committedAt = 0;

  private readonly meter: ExportMeter;

  constructor(request: ExportRequest) {
    this.meter = new ExportMeter(request);
    const query = 'Progress of the export: its phase, and the rows and segments committed so far';
    setHandler(progressQuery, () => this.progress(), { description: query });
    const signal = 'Sent by export-slots/… when a slot may be free; the export claims it. Safe to send at any time';
    setHandler(slotGrantedSignal, () => void (this.slotGranted = true), { description: signal });
  }

  enter(phase: Phase): void {
    this.phase = phase;
    this.enteredAt = Date.now();
    this.meter.enter(phase);
    this.show();
  }

  /** A new plan starts from zero: segments of an old generation don't count. */
  planned({ totalRows, segments }: { totalRows: number; segments: number }): void {
    this.totalRows = totalRows;
    this.segments = segments;
    this.plannedAt = Date.now();
    this.committed.clear();
    upsertSearchAttributes([{ key: EXPORT_ROWS, value: totalRows }]);
  }

  segmentCommitted(segment: number, rows: number): void {
    this.committed.set(segment, rows);
    this.committedAt = Date.now();
    this.show();
  }

  /** Sets the search attribute for lists in Temporal's UI: `ExportState = "FAILED"`. */
  status(status: ShownStatus): void {
    if (status === this.shown) return;
    this.shown = status;
    upsertSearchAttributes([{ key: EXPORT_STATE, value: status }]);
    this.show();
    this.meter.became(status);
  }

  failed(errorCode: string): void {
    this.errorCode = errorCode;
    this.status('FAILED');
  }

  /** @param rows the rows written, which may differ from the rows planned */
  completed(rows: number): void {
    this.totalRows = rows;
    this.shown = 'COMPLETED';
    upsertSearchAttributes([
      { key: EXPORT_STATE, value: 'COMPLETED' },
      { key: EXPORT_ROWS, value: rows },
    ]);
    this.show();
    this.meter.became('COMPLETED');
  }

  private progress(): ExportProgress {
    return {
      phase: this.phase,
      totalRows: this.totalRows,
      rowsCommitted: [...this.committed.values()].reduce((sum, rows) => sum + rows, 0),
      segmentsDone: this.committed.size,
      segments: this.segments,
    };
  }

  /** Not a command, so it may differ between versions. */
  private show(): void {
    setCurrentDetails(this.details());
  }

  private details(): string {
    const { phase, totalRows } = this.progress();
    if (this.shown === 'COMPLETED') return `**${phase}**: ${totalRows ?? 0} rows`;
    if (this.shown === 'FAILED') return `FAILED (${this.errorCode}), was **${phase}**${this.share()}`;
    if (this.shown === 'CANCELLED') return `CANCELLED, was **${phase}**${this.share()}`;
    // Nothing updates the text until the next event, so it must still be true an hour later.
    const how = this.segments === null ? ` since ${clock(this.enteredAt)}` : this.share();
    return `**${phase}**${how}${phase === 'waiting' ? '' : SEE_PENDING}`;
  }

  /** How much of the plan is committed, and the rate up to the last segment; empty without a plan. */
  private share(): string {
    const { totalRows, rowsCommitted, segmentsDone, segments } = this.progress();
    if (segments === null) return '';
    const tookMs = this.committedAt - this.plannedAt;
    const rate =
      segmentsDone === 0 || tookMs < RATE_AFTER_MS
        ? ''
        : `, ${Math.round((rowsCommitted * 1000) / tookMs)} rows/s until ${clock(this.committedAt)}`;
    return (
      `, ${percentOf(rowsCommitted, totalRows)}%: ${segmentsDone} of ${segments} segments, ` +
      `${rowsCommitted} of ${totalRows ?? 0} rows${rate}`
    );
  }
}

/** `10:15:03 UTC` */
const clock = (ms: number): string => `${new Date(ms).toISOString().slice(11, 19)} UTC`;
