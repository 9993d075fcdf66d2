/** Id of an export's heading, which gets the focus when the export starts or a part of it disappears. */
export const headingId = (jobId: string): string => `export-${jobId}`;
