import type { ActivityTuning, SizeTuning, SlotsTuning, Tuning, WebhookTuning } from './inputs.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const MIB = 1024 * 1024;

/** Twelve attempts with pauses that double from 1 s to 60 s: survives an outage of at least six minutes. */
const RETRY = { maximumAttempts: 12, initialIntervalMs: SECOND, maximumIntervalMs: MINUTE };

const short: ActivityTuning = { ...RETRY, startToCloseMs: 10 * SECOND, heartbeatMs: 0 };
const long: ActivityTuning = { ...RETRY, startToCloseMs: 30 * MINUTE, heartbeatMs: 15 * SECOND };

/** The retry schedule that the Standard Webhooks specification suggests: three days. */
const WEBHOOK: WebhookTuning = {
  retryDelaysMs: [5 * SECOND, 5 * MINUTE, 30 * MINUTE, ...[2, 5, 10, 14, 20, 24].map((hours) => hours * HOUR)],
  timeoutMs: 15 * SECOND,
  startToCloseMs: 30 * SECOND,
};

/** Production defaults, unless the environment overrides them. Tests use shorter times. */
export const DEFAULT_TUNING: Tuning = {
  segmentsInFlight: 4,
  segmentBytes: 16 * MIB,
  maxSegmentRows: 1_000_000,
  maxRows: 10_000_000,
  maxBytes: 100 * 1024 * MIB,
  urlTtlSeconds: 86_400,
  executionTimeoutMs: 7 * 24 * 60 * MINUTE,
  control: short,
  plan: long,
  segment: long,
  finish: long,
  // Mails are retried for a day (23 hours, see mailActivities), because they tell the user that the export is ready.
  mail: {
    ...RETRY,
    maximumAttempts: 60,
    maximumIntervalMs: 30 * MINUTE,
    startToCloseMs: 30 * SECOND,
    heartbeatMs: 15 * SECOND,
  },
  webhook: WEBHOOK,
  reapEveryMs: MINUTE,
  idleMs: 10 * SECOND,
  claimEveryMs: 30 * SECOND,
};

export const slotsTuning = ({ control, reapEveryMs, idleMs, fairnessWeight }: SlotsTuning): SlotsTuning => ({
  control,
  reapEveryMs,
  idleMs,
  ...(fairnessWeight === undefined ? {} : { fairnessWeight }),
});

export const sizeTuning = ({ segmentBytes, maxSegmentRows, maxRows, maxBytes }: Tuning): SizeTuning => ({
  segmentBytes,
  maxSegmentRows,
  maxRows,
  maxBytes,
});
