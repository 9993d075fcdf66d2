import type { Scalar } from '../contract.js';

/** The options of an export's format, validated by the format's schema. */
export type FormatOptions = Readonly<Record<string, Scalar>>;
