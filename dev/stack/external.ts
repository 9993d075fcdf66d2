import { connect } from 'node:net';
import { once } from 'node:events';
import type { Service, StackContext } from './context.js';
import { messageOf } from '../../shared/errors.js';
import { StackError } from './stack-error.js';

const LIMIT_MS = 5_000;

/** A service that the environment provides, so it is not started. */
interface Named {
  /** Display name, such as 'Temporal'. */
  readonly name: string;
  /** The variable with its address. */
  readonly variable: string;
}

/** Advice in case the variable was set by mistake. */
const remedy = ({ name, variable }: Named): string =>
  `To have this command start its own ${name}, unset the variable first: unset ${variable}`;

/**
 * A service whose address comes from the environment: it is used, but never started or stopped.
 * @param address `host:port`, or a URL with a default port; an address without a host (a socket path) isn't checked
 * @throws StackError naming the variable if nothing accepts a connection there
 */
export async function externalService(context: StackContext, named: Named, address: string): Promise<Service> {
  const { name, variable } = named;
  const { host, port } = hostAndPort(address);
  if (host !== '') {
    await context.progress.step(name, async (say) => {
      say(`${host}:${port}, from ${variable}`);
      await acceptsConnections(host, port, context.signal).catch((error: unknown) => {
        context.signal.throwIfAborted();
        throw new StackError(
          `${variable} in your environment points to ${name} at ${host}:${port}, but it doesn't answer ` +
            `(${reasonOf(error)}). ${remedy(named)}`,
        );
      });
    });
  }
  const refuse = (): Promise<never> =>
    Promise.reject(new StackError(`${variable} points to your own ${name}, so this stack doesn't start or stop it.`));
  return { name, pid: undefined, start: refuse, stop: refuse };
}

/** @throws StackError if `variable`, which must be set together with the service's own variable, is not set */
export function required(
  environment: Readonly<Record<string, string | undefined>>,
  variable: string,
  because: Named,
): string {
  const value = environment[variable];
  if (value !== undefined && value !== '') return value;
  throw new StackError(`${because.variable} is set, so ${variable} must be set, too. ${remedy(because)}`);
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'postgres:': 5432,
  'postgresql:': 5432,
  'smtp:': 587,
  'smtps:': 465,
};

function hostAndPort(address: string): { readonly host: string; readonly port: number } {
  const url = URL.canParse(address) && address.includes('://') ? new URL(address) : undefined;
  const { hostname, port, protocol } = url ?? new URL(`temporal://${address}`);
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (DEFAULT_PORTS[protocol] ?? 7233) : Number(port),
  };
}

/** For a host with several addresses, Node throws an AggregateError with a code but no message. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'AbortError') return `no connection within ${LIMIT_MS / 1000} s`;
  return error instanceof Error && 'code' in error ? String(error.code) : messageOf(error);
}

async function acceptsConnections(host: string, port: number, signal: AbortSignal): Promise<void> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]) });
  } finally {
    socket.destroy();
  }
}
