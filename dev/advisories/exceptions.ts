/** An advisory that does not affect the service. */
export interface AdvisoryException {
  readonly id: string;
  readonly package: string;
  readonly reason: string;
}

export const EXCEPTIONS: readonly AdvisoryException[] = [
  { id: 'GHSA-4r6h-8v6p-xvw6', package: 'xlsx', reason: 'about reading workbooks; the service reads only its own' },
  { id: 'GHSA-5pgg-2g8v-p4x9', package: 'xlsx', reason: 'about reading workbooks; the service reads only its own' },
];
