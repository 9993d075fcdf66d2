import type { SegmentEncoder, SegmentSummary } from './encoding.js';

export const NOTHING = Buffer.alloc(0);

const NO_SUMMARY: SegmentSummary = {};

/** For formats whose rows PostgreSQL writes in their final form. */
export const passThrough: SegmentEncoder = {
  write: ({ bytes }, emit) => emit(bytes),
  end: () => NO_SUMMARY,
};
