import { setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import { percentOf, type ExportProgress, type ExportStatus, type Phase } from '../shared/contract.js';
import { EXPORT_ROWS, EXPORT_STATE } from '../shared/search-attributes.js';
import { progressQuery, slotGrantedSignal } from './messages.js';

/** How far an export is: what the `progress` query answers and what Temporal's UI shows. */
export class ExportState {
  /** Set by a hint of the semaphore; cleared by whoever acts on it. */
  slotGranted = false;
  private phase: Phase = 'waiting';
  private totalRows: number | null = null;
  private segments: number | null = null;
  private readonly committed = new Map<number, number>();

  constructor() {
    setHandler(progressQuery, () => this.progress());
    setHandler(slotGrantedSignal, () => {
      this.slotGranted = true;
    });
  }

  enter(phase: Phase): void {
    this.phase = phase;
    this.show();
  }

  /** A new plan begins at nothing: segments of an old generation do not count. */
  planned({ totalRows, segments }: { totalRows: number; segments: number }): void {
    this.totalRows = totalRows;
    this.segments = segments;
    this.committed.clear();
    upsertSearchAttributes([{ key: EXPORT_ROWS, value: totalRows }]);
  }

  segmentCommitted(segment: number, rows: number): void {
    this.committed.set(segment, rows);
    this.show();
  }

  /** For lists in Temporal's UI: `ExportState = "FAILED"`. */
  status(status: ExportStatus): void {
    upsertSearchAttributes([{ key: EXPORT_STATE, value: status }]);
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

  private show(): void {
    const { phase, totalRows, rowsCommitted, segmentsDone, segments } = this.progress();
    const share = segments === null ? '' : `, ${percentOf(rowsCommitted, totalRows)} %`;
    const detail =
      segments === null ? '' : `: ${segmentsDone} of ${segments} segments, ${rowsCommitted} of ${totalRows ?? 0} rows`;
    setCurrentDetails(`${phase}${share}${detail}`);
  }
}
