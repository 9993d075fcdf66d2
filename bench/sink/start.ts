import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ports } from '../../dev/stack/ports.js';
import { TSX } from '../../dev/stack/tsx.js';
import { BENCH_DIR } from '../bench-stack.js';
import { pidOf } from '../pids.js';
import type { Programs } from '../programs.js';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const READY_MS = 30_000;

export interface RunningSink {
  readonly endpoint: string;
  readonly pid: number;
}

/** Starts the sink in its own process, so that its CPU time can be told apart. */
export async function startSink(programs: Programs): Promise<RunningSink> {
  const port = await new Ports(join(BENCH_DIR, 'ports-sink.json')).take('sink');
  const endpoint = `http://127.0.0.1:${port}`;
  const check = async (): Promise<void> => {
    await fetch(`${endpoint}/exports`, { method: 'HEAD' });
  };
  const sink = await programs.launch({
    name: 'sink',
    command: process.execPath,
    args: [...TSX, MAIN, String(port)],
    env: { PATH: process.env.PATH },
    ready: { check, limitMs: READY_MS },
  });
  return { endpoint, pid: pidOf(sink) };
}
