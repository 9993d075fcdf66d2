/** Thrown when no dataset can be made of what was asked for; the message says what to do. */
export class ProposalError extends Error {
  override readonly name = 'ProposalError';
}
