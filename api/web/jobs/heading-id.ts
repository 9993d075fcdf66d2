/** Where the focus goes when an export is what matters. */
export const headingId = (jobId: string): string => `export-${jobId}`;
