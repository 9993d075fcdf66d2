import type { Problem } from '../../shared/request/problem-schema.js';

/** An invalid field of a request: its JSON pointer, and the end of a sentence that says what is wrong. */
export interface RefusedField {
  readonly pointer: string;
  readonly detail: string;
}

/** Builds a JSON pointer (RFC 6901). */
export const pointerTo = (...steps: readonly string[]): string =>
  steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** Thrown when the service rejects a request or doesn't answer. The message is a sentence for the user. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    message: string,
    /** HTTP status; 0 if there was no answer. */
    readonly status: number,
    readonly code: string,
    readonly fields: readonly RefusedField[],
  ) {
    super(message);
  }
}

/** The service can't be reached, or a proxy answered instead. */
export const noAnswer = (status = 0): Refusal =>
  new Refusal("The service isn't responding. Check your connection and try again.", status, '', []);

export async function refusalOf(response: Response): Promise<Refusal> {
  if (response.headers.get('Content-Type')?.startsWith('application/problem+json') !== true) {
    return noAnswer(response.status);
  }
  // The service's tests check its answers against this schema.
  const problem = (await response.json()) as Problem;
  return new Refusal(problem.detail, problem.status, problem.code, fieldsOf(problem));
}

/** The page sends no parameters that users choose, so only the body's fields matter. */
const fieldsOf = ({ errors = [] }: Problem): RefusedField[] => errors.filter((error) => 'pointer' in error);

/** A sentence for the user about anything that was thrown. */
export const describeRefusal = (error: unknown): string =>
  error instanceof Refusal ? error.message : 'Something went wrong on this page. Reload it and try again.';
