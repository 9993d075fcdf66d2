/** Thrown when the table cannot become a dataset; the message says what to do. */
export class ProposalError extends Error {
  override readonly name = 'ProposalError';
}
