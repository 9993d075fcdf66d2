import type { Problem } from '../../shared/request/problem-schema.js';

/** One field of a request, by its JSON pointer, and what is wrong with it: the end of a sentence. */
export interface RefusedField {
  readonly pointer: string;
  readonly detail: string;
}

/** RFC 6901 */
export const pointerTo = (...steps: readonly string[]): string =>
  steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** Thrown for a request that the service did not do. The message is a sentence for whoever asked. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    message: string,
    /** 0: it has not answered. */
    readonly status: number,
    readonly code: string,
    readonly fields: readonly RefusedField[],
  ) {
    super(message);
  }
}

/** The way to the service is broken, or something in between has answered in its place. */
export const noAnswer = (status = 0): Refusal =>
  new Refusal('The service does not answer. Check your connection and try again.', status, '', []);

export async function refusalOf(response: Response): Promise<Refusal> {
  if (response.headers.get('Content-Type')?.startsWith('application/problem+json') !== true) {
    return noAnswer(response.status);
  }
  // What the service answers is held to this schema by its own tests.
  const problem = (await response.json()) as Problem;
  return new Refusal(problem.detail, problem.status, problem.code, problem.errors ?? []);
}

/** For anything that was thrown. */
export const sentenceOf = (error: unknown): string =>
  error instanceof Refusal ? error.message : 'Something went wrong on this page. Reload it and try again.';
