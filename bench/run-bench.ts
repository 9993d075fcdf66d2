import { join } from 'node:path';
import { findBinary } from '../dev/stack/find-binary.js';
import type { Progress } from '../dev/stack/progress.js';
import { LOCAL_DIR } from '../dev/stack/stack.js';
import { benchEnvironment } from './bench-stack.js';
import { inLab } from './lab.js';
import { describeMachine } from './machine.js';
import type { BenchOptions } from './options.js';
import { findPsql } from './psql.js';
import { RCLONE_ARGS, rcloneBinary } from './rclone.js';
import { ROWS } from './rows/index.js';
import type { Clients } from './rows/row.js';
import { writeResults } from './write-results.js';

/** Measures the requested rows of the table, prints the results and stores them. */
export async function runBench(options: BenchOptions, progress: Progress, signal: AbortSignal): Promise<void> {
  await inLab(progress, signal, async (lab) => {
    const clients = await findClients(progress, signal);
    const machine = await describeMachine(lab.stack, clients);
    const settings = { ...options, rclone: RCLONE_ARGS };
    for (const row of options.only) {
      const { name, title, table, verdicts, results } = await ROWS[row](lab, options, clients);
      progress.line(`\n${title}\n${table}\n`);
      progress.line(`  ${await writeResults(name, { machine, settings, verdicts, ...results })}`);
    }
  });
}

async function findClients(progress: Progress, signal: AbortSignal): Promise<Clients> {
  return progress.step('psql and rclone', async (say) => {
    const search = { cacheDir: join(LOCAL_DIR, 'bin'), environment: benchEnvironment(), say, signal };
    const clients = { psql: await findPsql(), rclone: await findBinary(rcloneBinary, search) };
    say('');
    return clients;
  });
}
