import assert from 'node:assert/strict';
import { startProgram, type Program } from '../api/programs.js';
import { freePort } from '../dev/free-port.js';
import { until } from '../support/exports.js';
import type { TestService } from '../support/service.js';

/** A process of the service with its metrics on their own ports. */
export interface MeasuredProcess {
  readonly program: Program;
  /** The API's public URL. */
  readonly url: string;
  /** The metrics on the process's own port. */
  scrape(): Promise<string>;
  /** The metrics on the SDK's port (workers only). */
  scrapeSdk(): Promise<string>;
  stop(): Promise<void>;
}

async function read(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  assert.equal(response.status, 200);
  return response.text();
}

/** Starts the API or a worker of a service, and waits until it is ready. */
export async function startMeasured(
  { env }: TestService,
  which: 'api' | 'worker',
  more: Readonly<Record<string, string>> = {},
): Promise<MeasuredProcess> {
  const [port, sdkPort, apiPort] = await Promise.all([freePort(), freePort(), freePort()]);
  const program = startProgram(`${which}/main.ts`, [], {
    ...env,
    HOST: '127.0.0.1',
    PORT: `${apiPort}`,
    METRICS_HOST: '127.0.0.1',
    METRICS_PORT: `${port}`,
    METRICS_SDK_PORT: `${sdkPort}`,
    ...more,
  });
  const works = (): Promise<boolean> => {
    assert.equal(program.process.exitCode, null, program.stderr());
    return Promise.resolve(/"msg":"(working|listening)"/.test(program.stdout()));
  };
  try {
    await until(`start of ${which}`, works, 60_000);
  } catch (error) {
    program.process.kill('SIGKILL');
    throw error;
  }
  return {
    program,
    url: `http://127.0.0.1:${apiPort}`,
    scrape: () => read(port),
    scrapeSdk: () => read(sdkPort),
    stop: async () => {
      program.process.kill('SIGTERM');
      await program.ended;
    },
  };
}
