import type { SegmentEncoder, SegmentSummary } from './encoding.js';

export const NOTHING = Buffer.alloc(0);

const NO_SUMMARY: SegmentSummary = {};

/** For formats whose rows PostgreSQL writes as they are to be. */
export const passThrough: SegmentEncoder = {
  write: ({ bytes }, emit) => emit(bytes),
  end: () => NO_SUMMARY,
};
