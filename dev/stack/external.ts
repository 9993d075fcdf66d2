import type { Service } from './context.js';
import { StackError } from './stack-error.js';

/** A service whose address came from the environment: it is used, never started or stopped. */
export function externalService(name: string, variable: string): Service {
  const refuse = (): Promise<never> =>
    Promise.reject(new StackError(`${name} was given by ${variable}: it is not this stack's to start or stop.`));
  return { name, pid: undefined, start: refuse, stop: refuse };
}

/** @throws StackError when `variable`, which must accompany `because`, is not set */
export function required(
  environment: Readonly<Record<string, string | undefined>>,
  variable: string,
  because: string,
): string {
  const value = environment[variable];
  if (value === undefined || value === '') throw new StackError(`${because} is set, so ${variable} must be set, too.`);
  return value;
}
