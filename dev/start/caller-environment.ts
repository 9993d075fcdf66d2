import { VARIABLES } from '../../shared/startup/config.js';
import type { Progress } from '../stack/progress.js';
import { given, isForeign, type Environment } from '../stack/stack-env.js';
import { StackError } from '../stack/stack-error.js';

/** Variables that libraries and this command itself read. */
const OTHERS = /^(?:TEMPORAL|AWS|OTEL)_|^(?:PORT|SAMPLE_(?:ORDERS|TENANT|USER)|NODE_OPTIONS)$/;
/** Variables that are always overridden. */
const FIXED: readonly string[] = ['HOST'];

/**
 * Keeps the caller's environment from interfering with this process's, or its children's, connections to services on
 * this machine: a PGSSLMODE meant for another database, a proxy that cannot reach 127.0.0.1 (gRPC uses `http_proxy`
 * by default).
 */
export function shieldLocalServices(): void {
  const { env } = process;
  for (const name of Object.keys(env).filter((name) => isForeign(name, env))) Reflect.deleteProperty(env, name);
  for (const name of ['no_proxy', 'NO_PROXY']) {
    env[name] = [given(env, name), '127.0.0.1', 'localhost'].filter((host) => host !== undefined).join(',');
  }
}

/** Variables of the caller that change what the service does, whether set on purpose or left over in a shell. */
export function settingsIn(environment: Environment): string[] {
  return Object.keys(environment).filter(
    (name) =>
      given(environment, name) !== undefined &&
      (VARIABLES.includes(name) || OTHERS.test(name)) &&
      !FIXED.includes(name) &&
      !isForeign(name, environment),
  );
}

/**
 * Prints which variables of the environment are used, runs `work`, and on failure says how to start without them.
 * @throws StackError with the message of the error from `work`, and a sentence about the variables
 */
export async function withVariables<T>(
  environment: Environment,
  progress: Progress,
  work: () => Promise<T>,
): Promise<T> {
  const names = settingsIn(environment);
  if (names.length === 0) return work();
  progress.line(`Using ${names.join(', ')} from your environment`);
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StackError)) throw error;
    const without = names.map((name) => `-u ${name}`).join(' ');
    throw new StackError(
      `${error.message}\nThis run used ${names.join(', ')} from your environment. To start without: env ${without} npm start`,
      { cause: error },
    );
  }
}
