import assert from 'node:assert/strict';
import { startProgram } from '../api/programs.js';
import { BUILT_IN_DATASETS } from '../../shared/datasets/index.js';
import type { Answer } from './answer.js';
import { asker, type Ask } from './ask.js';
import { contractOf, registryOf } from './contract.js';
import { until } from './exports.js';
import { JWT_SECRET, type TestService } from './service.js';

export interface ApiProcess {
  readonly url: string;
  ask(method: string, path: string, options?: Ask): Promise<Answer>;
  /** Its log so far. */
  log(): string;
  /** Stops it as an operator would; the test fails unless it exits cleanly. */
  stop(): Promise<void>;
  /** Kills it, whatever it is doing. */
  kill(): Promise<void>;
}

/** The API of a service as a separate process, with its own event loop and the connections it has in production. */
export async function startApiProcess(
  service: TestService,
  env: Readonly<Record<string, string>> = {},
): Promise<ApiProcess> {
  const program = startProgram('api/main.ts', [], { ...service.env, HOST: '127.0.0.1', PORT: '0', ...env });
  const port = await until('the API', () => {
    if (program.process.exitCode !== null) throw new Error(program.stderr());
    return Promise.resolve(/"port":(\d+).*"msg":"listening"/.exec(program.stdout())?.[1]);
  });
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    ask: asker(url, JWT_SECRET, contractOf(registryOf(BUILT_IN_DATASETS))),
    log: program.stdout,
    kill: async () => {
      program.process.kill('SIGKILL');
      await program.ended;
    },
    stop: async () => {
      program.process.kill('SIGTERM');
      assert.equal(await program.ended, 0, program.stderr());
    },
  };
}
